"""What a new machine meets first: the choice of a Python, the pins, and why each package."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.source_imports import IMPORTS, ROOT, place_of, project_module
from tools.chromium import find_chromium

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DIRECT = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
EXTRAS = [
    Requirement(line)
    for extra in PROJECT["project"]["optional-dependencies"].values()
    for line in extra
]
FOR_TESTS = [Requirement(line) for line in PROJECT["dependency-groups"]["test"]]


def read_pins(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and line.lstrip()[0] != "#"]


@pytest.mark.parametrize(
    ("wanted", "file"),
    [(wanted, "requirements.txt") for wanted in DIRECT]
    + [(wanted, "requirements-test.txt") for wanted in FOR_TESTS],
    ids=str,
)
def test_each_direct_dependency_is_pinned_as_asked_for(wanted, file):
    pins = [pin for pin in read_pins(file) if pin.name == canonicalize_name(wanted.name)]
    versions = [version for pin in pins for version in re.findall("==(.+)", str(pin.specifier))]
    assert versions, "run `make requirements`"
    assert all(version in wanted.specifier for version in versions), "run `make requirements`"


def test_both_lists_pin_the_same_versions():
    app = {str(pin) for pin in read_pins("requirements.txt")}
    names = {pin.name for pin in read_pins("requirements.txt")}
    shared = {str(pin) for pin in read_pins("requirements-test.txt") if pin.name in names}
    assert shared <= app


@pytest.mark.parametrize("wanted", DIRECT + EXTRAS + FOR_TESTS, ids=str)
def test_each_direct_dependency_is_explained(wanted):
    explained = (ROOT / "docs" / "dependencies.md").read_text()
    assert f"| {wanted.name} | " in explained


def test_the_product_imports_direct_dependencies_and_extras_only():
    declared = {canonicalize_name(wanted.name) for wanted in DIRECT + EXTRAS}
    owners = packages_distributions()
    wanted = {
        wanted.name.split(".")[0]
        for module, imports in IMPORTS.items()
        if place_of(module) not in {"benchmarks", "tests", "tools"}
        for wanted in imports
        if not project_module(wanted.name)
    }
    outside = wanted - set(sys.stdlib_module_names)
    undeclared = {
        name
        for name in outside
        if not declared & {canonicalize_name(owner) for owner in owners.get(name, [])}
    }
    assert not undeclared, "name their packages in pyproject.toml"


def test_an_unfit_python_is_refused_by_name(tmp_path):
    old = tmp_path / "python3.11"
    old.write_text("#!/bin/sh\necho 3.9.2\n")
    old.chmod(0o755)
    answer = create_venv(tmp_path, path=f"{tmp_path}:/usr/bin:/bin", python=str(old))
    assert answer.returncode == 1
    assert f"{old}: 3.9.2" in answer.stderr
    assert "Expected Python 3.11, 3.12 or 3.13" in answer.stderr
    assert not (tmp_path / "venv").exists()


def test_a_missing_python_is_said_to_be_missing(tmp_path):
    answer = create_venv(tmp_path, path="/usr/bin:/bin", python="python-of-nowhere")
    assert answer.returncode == 1
    assert "found: none called python-of-nowhere" in answer.stderr


def test_a_broken_python_on_the_path_is_passed_over(tmp_path):
    broken = tmp_path / "python3"  # as pyenv leaves them for versions that are not chosen
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    (tmp_path / "python3.13").symlink_to(sys.executable)
    answer = create_venv(tmp_path, path=f"{tmp_path}:/bin", python="")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "venv" / "bin" / "pip").exists()


def create_venv(folder: Path, path: str, python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "tools/create_venv.sh", str(folder / "venv")],
        cwd=ROOT,
        env=os.environ | {"PATH": path, "PYTHON": python},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(("exit_code", "is_found"), [(0, True), (1, False)])
def test_only_a_chromium_that_starts_is_taken(tmp_path, monkeypatch, exit_code, is_found):
    browser = tmp_path / "chromium"
    browser.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    browser.chmod(0o755)
    monkeypatch.setenv("PNEUMOSCOPE_CHROMIUM", str(browser))
    assert find_chromium() == (browser if is_found else None)


def test_without_a_chromium_the_check_says_what_to_do(tmp_path):
    nothing = {"PATH": str(tmp_path), "PNEUMOSCOPE_CHROMIUM": str(tmp_path / "none")}
    code = (
        "import runpy, subprocess, types\n"
        "subprocess.run = lambda *_, **__: types.SimpleNamespace(returncode=1)\n"
        "runpy.run_path('tools/chromium.py', run_name='__main__')"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | nothing,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert "Install Chromium" in answer.stderr
