"""Commands are found by name, and only the file of the one asked for is loaded."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from typer.main import get_command, get_group
from typer.testing import CliRunner

from xray_core import cli
from xray_core.cli.app import app

FILES = {path.stem for path in Path(cli.__path__[0]).glob("*.py")} - {"__init__", "app", "output"}


@pytest.mark.parametrize("file", sorted(FILES))
def test_every_command_of_a_file_is_known(file):
    names = get_group(import_module(f"xray_core.cli.{file}").app).commands
    known = get_command(app).commands
    assert names
    for name, command in names.items():
        assert known[name].help == command.help


def test_help_names_every_command():
    shown = CliRunner().invoke(app, ["--help"]).output
    assert [name for name in get_command(app).commands if name not in shown] == []


def test_a_mistyped_command_is_answered_with_the_nearest():
    result = CliRunner().invoke(app, ["diagnos"])
    assert result.exit_code == 2
    assert "Did you mean 'diagnose'?" in result.output


def test_an_answer_does_not_wait_for_tables_and_trainings():
    loaded = _run("import xray_core.cli.diagnose; print(*sys.modules)").split()
    assert "xray_core.diagnosis.diagnose" in loaded
    assert {"pandas", "pyarrow", "scipy", "tensorflow", "xray_core.cli.data"}.isdisjoint(loaded)


def _run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", f"import sys; {code}"], check=True, capture_output=True, text=True
    ).stdout
