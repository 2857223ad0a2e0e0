"""What commands share: options, records, tables, progress, and errors as sentences."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from xray_core.errors import PneumoscopeError
from xray_core.model_card import Measurement

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
ModelId = Annotated[str | None, typer.Option("--model", help="Model id; see `models`.")]


def as_line(record: dict[str, object]) -> str:
    """Return one X-ray's answer, or what went wrong, as one line."""
    if "error" in record:
        return f"{record['file']}: {record['error']}"
    if record["normal_below"] is None:
        limits = f"threshold {record['threshold']:.3f}"
    else:
        limits = (
            f"normal below {record['normal_below']:.3f}, "
            f"pneumonia from {record['pneumonia_from']:.3f}"
        )
    return (
        f"{record['file']}: {record['verdict']}, probability {record['probability']:.3f} "
        f"({limits}). {record['summary']}"
    )


def evaluation_record(result: Measurement) -> dict[str, object]:
    """Return figures under names that scripts may rely on."""
    figures = {name: figure.value for name, figure in result.figures.items()}
    intervals = {name: [figure.low, figure.high] for name, figure in result.figures.items()}
    return {
        "n": result.n,
        **figures,
        "confusion": result.confusion,
        "intervals": intervals,
        "note": result.note,
    }


def as_table(result: Measurement) -> str:
    """Return figures with their intervals for people to read."""
    lines = [f"{result.n} pictures of {result.data}", str(result.confusion)]
    for name, figure in result.figures.items():
        value = "undefined" if figure.value is None else f"{figure.value:.3f}"
        bounds = "" if figure.low is None else f"  [{figure.low:.3f}, {figure.high:.3f}]"
        lines.append(f"{name:18} {value}{bounds}")
    return "\n".join([*lines, result.note]).rstrip()


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told (done, total) and draws a bar on the error stream."""
    with typer.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def report(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield report


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Turn what a user can mend into one sentence and exit code 1."""
    try:
        yield
    except PneumoscopeError as error:
        fail(str(error))


def fail(sentence: str) -> NoReturn:
    """Print a sentence to the error stream and end with exit code 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def name_outputs(files: Sequence[Path]) -> list[str]:
    """Return a stem for each file's outputs, all different.

    >>> name_outputs([Path("a/xray.png"), Path("b/xray.dcm"), Path("xray-2.png")])
    ['xray', 'xray-3', 'xray-2']
    """
    stems = {file.stem for file in files}
    names: list[str] = []
    for file in files:
        numbered = (f"{file.stem}-{number}" for number in count(2))
        free = (name for name in numbered if name not in names and name not in stems)
        names.append(next(free) if file.stem in names else file.stem)
    return names
