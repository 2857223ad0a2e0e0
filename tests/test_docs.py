"""Every command that a document names is run, or it is said here why it cannot be."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from tests.images.drawn_files import make_dataset, save_dicom
from xray_core.cli.app import app
from xray_core.datasets.samples import SAMPLES
from xray_core.datasets.synthetic import draw_sample, encode_png, write_folder

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OURS = ".venv/bin/python -m xray_core "

# First words of commands that this machine cannot or should not run.
NOT_RUN = {
    "make": "its targets are looked up instead",
    "docker": "no container may start another one; test_packaging reads its files",
    "mount": "needs a second machine",
    "export": "sets a variable for what follows",
    "cd": "goes to a folder of the reader's",
    ".venv/bin/ray": "a cluster is started and used in tests/test_ray.py",
    ".venv/bin/pip": "test_packaging asks whether the pins can be had",
    ".venv/bin/tensorboard": "a server that does not end; its logs are read in tests/training",
    ".venv/bin/python -m xray_core data download": "needs the internet; tests/datasets has it",
}

OPTIONS_OF_OTHERS = ("--num-cpus",)  # of `ray start`

# What would only take longer; the command is the same.
SHORTENED = {
    "--trials 3": "--trials 1",
    "epochs=12": "epochs=2",
    "--n 400": "--n 60",
    "drawn-person161_bacteria_1": "drawn-person25_virus_1",
}


def find_commands(document: Path) -> list[str]:
    """Return the lines of the blocks of code in which commands stand, without remarks."""
    text = document.read_text()
    blocks = re.findall(r"^```(?:sh)?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"^\n((?:    \S.*\n)+)", text, re.MULTILINE)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    shell = [line.partition(" #")[0].strip() for line in lines if not line.startswith("#")]
    return [line for line in shell if re.match(r"(make|docker|cd|export|mount|\.venv/)", line)]


# Whole trainings that no other command needs.
_TRAINS_LONG = (" search ", "c1-dense-none")

COMMANDS = [
    (document.name, line)
    for document in DOCUMENTS
    for line in find_commands(document)
    if line.startswith(OURS) and not line.startswith(tuple(NOT_RUN))
]


@pytest.fixture(scope="module")
def readers_folder(tmp_path_factory):
    """What a reader has: two X-rays, a folder of labelled ones, and a workspace."""
    folder = tmp_path_factory.mktemp("reader")
    drawn = draw_sample(SAMPLES[-1])
    (folder / "xray.jpeg").write_bytes(encode_png(drawn))
    pixels = np.rint(drawn.pixels * 255).astype(np.uint8)
    (folder / "scan.dcm").write_bytes(save_dicom(make_dataset(pixels)))
    shutil.copytree(folder, folder / "folder")
    splits = {"train": (16, 24), "val": (4, 4), "test": (6, 6)}
    write_folder(folder / "chest_xray", splits, 96, seed=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PNEUMOSCOPE_WORKSPACE", str(folder / "workspace"))
        yield folder


def test_commands_are_found():
    assert len(COMMANDS) > 10
    assert {"README.md", "scale.md", "students.md"} <= {name for name, _ in COMMANDS}


@pytest.mark.parametrize(
    ("document", "command"),
    [
        pytest.param(
            document,
            line,
            id=line,
            marks=[pytest.mark.slow] if any(word in line for word in _TRAINS_LONG) else [],
        )
        for document, line in COMMANDS
    ],
)
def test_the_command_does_what_the_document_says(document, command, readers_folder, monkeypatch):
    monkeypatch.chdir(readers_folder)
    for long, short in SHORTENED.items():
        command = command.replace(long, short)
    result = CliRunner().invoke(app, shlex.split(command.removeprefix(OURS)))
    assert result.exit_code == 0, f"{document}: {result.output}"


def find_inline_commands(document: Path) -> list[list[str]]:
    """Return the words of our commands within sentences, whole or in part, as in `runs list`."""
    prose = re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    told = [re.sub(r"^(\.venv/bin/)?python -m xray_core ", "", span) for span in spans]
    named = tuple(get_command(app).commands)
    return [shlex.split(span) for span in told if span.split()[0] in named]


def read_command(words: list[str]) -> tuple[typer.core.TyperCommand, list[str]]:
    """Return the command that words name, with its arguments; each group and option must exist."""
    command, rest = get_command(app), list(words)
    while hasattr(command, "commands") and rest:
        command = command.commands[rest.pop(0)]
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    assert [word for word in rest if word.startswith("-") and word not in known] == []
    return command, rest


def is_whole(words: list[str]) -> bool:
    """Return whether words can be run as they stand: nothing is missing, nothing a placeholder."""
    command, rest = read_command(words)
    if len(words) < 2 or hasattr(command, "commands") or words[-1].startswith("-"):
        return False
    if any(word.isupper() for word in rest):
        return False
    try:
        command.make_context(words[-1], rest)
    except typer.BadParameter:  # an argument is missing
        return False
    return not f"{OURS}{' '.join(words)}".startswith(tuple(NOT_RUN))


INLINE = [
    (document.name, words) for document in DOCUMENTS for words in find_inline_commands(document)
]
WHOLE_INLINE = [words for _, words in INLINE if is_whole(words)]


def test_commands_within_sentences_are_found():
    assert ["data", "download"] in [words for _, words in INLINE]
    assert ["runs", "list"] in WHOLE_INLINE


@pytest.mark.parametrize(("document", "words"), INLINE, ids=str)
def test_a_command_within_a_sentence_exists_with_its_options(document, words):
    read_command(words)


@pytest.mark.parametrize("words", WHOLE_INLINE, ids=str)
def test_a_whole_command_within_a_sentence_can_be_run(words, readers_folder):
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_an_option_named_alone_is_one_of_a_command(document):
    groups = [get_command(app)]
    known = set(OPTIONS_OF_OTHERS)
    for command in groups:
        groups += command.commands.values() if hasattr(command, "commands") else []
        known |= {option for param in command.params for option in param.opts}
    named = re.findall(r"`(--[a-z-]+)", document.read_text())
    assert [option for option in named if option not in known] == []


@pytest.mark.slow
def test_make_screenshots_takes_every_picture_of_the_documents(tmp_path):
    dry = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "screenshots"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    module = dry.stdout.splitlines()[-1].split()[-1]
    subprocess.run([sys.executable, "-m", module, tmp_path], cwd=ROOT, check=True)
    wanted = {path.name for path in (ROOT / "docs" / "screenshots").iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == wanted
    # One colour all over takes less than 10 kB at this size.
    assert min(path.stat().st_size for path in tmp_path.iterdir()) > 30_000


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_other_command_is_one_that_cannot_be_run(document):
    others = [line for line in find_commands(document) if (document.name, line) not in COMMANDS]
    assert [line for line in others if not line.startswith(tuple(NOT_RUN))] == []


def test_every_target_of_make_exists():
    named = {
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:^|`)make ([a-z]+)\b", document.read_text(), re.MULTILINE)
    }
    assert {"app", "test", "bench"} <= named
    for target in sorted(named):
        dry = ["make", "--dry-run", "--always-make", target]
        found = subprocess.run(dry, capture_output=True, text=True, cwd=ROOT, check=False)
        assert found.returncode == 0, found.stderr


def test_every_module_that_is_run_exists():
    named = {
        module
        for document in DOCUMENTS
        for module in re.findall(r"python -m (tools\.\w+|benchmarks)", document.read_text())
    }
    assert named
    for module in named:
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    targets = re.findall(r"\]\(([^)#]+)", document.read_text())
    local = [target for target in targets if "://" not in target]
    missing = [target for target in local if not (document.parent / target).exists()]
    assert missing == []
