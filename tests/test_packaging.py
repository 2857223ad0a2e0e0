"""What is installed can be installed: on every Python that is promised, and in the container."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UV = [sys.executable, "-m", "uv", "pip"]
PYTHONS = ("3.11", "3.12", "3.13")


def ask_uv(*arguments):
    """Run uv; skip where the package index does not answer."""
    found = subprocess.run(
        [*UV, *map(str, arguments)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if "error sending request" in found.stderr or "Failed to fetch" in found.stderr:
        pytest.skip("the package index does not answer")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("pins", ["requirements.txt", "requirements-test.txt"])
def test_every_pin_has_a_wheel(tmp_path, python, pins):
    options = ("--dry-run", "--no-deps", "--only-binary", ":all:", "--target", tmp_path)
    found = ask_uv("install", *options, "--python-version", python, "-r", pins)
    assert found.returncode == 0, found.stderr


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
def test_all_extras_together_fit_the_pins(tmp_path, python):
    options = ("--all-extras", "--constraint", "requirements.txt", "--python-version", python)
    found = ask_uv("compile", "pyproject.toml", *options, "--quiet", "-o", tmp_path / "pins.txt")
    assert found.returncode == 0, found.stderr


def test_a_pin_that_cannot_be_had_is_found(tmp_path):
    (tmp_path / "pins.txt").write_text("numpy==0.0.1\n")
    options = ("--dry-run", "--no-deps", "--target", tmp_path, "--python-version", "3.12")
    assert ask_uv("install", *options, "-r", tmp_path / "pins.txt").returncode != 0


def test_the_container_copies_what_is_there_and_all_that_the_app_imports():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert all((ROOT / name).exists() for name in copied)
    packages = {path.parent.name for path in ROOT.glob("*/*.py")}
    assert packages - {"tests", "tools", "benchmarks"} <= set(copied)
    allowed = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    ]
    assert {Path(name).parts[0] for name in copied} == {Path(name).parts[0] for name in allowed}
