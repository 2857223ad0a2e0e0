"""The command line's `data` commands: index, audit, split, synthesize, download."""

import json
from pathlib import Path
from typing import Annotated

import typer

from xray_core.cli_output import errors_as_sentences, progress
from xray_core.datasets.catalog import Dataset, add_dataset, choose_dataset
from xray_core.datasets.index import DatasetIndex, index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.summary import count_pictures

app = typer.Typer(help="See what is in a folder of X-rays.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="Holds split/class/images or class/images.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.command()
def index(folder: Folder, json_: Json = False) -> None:
    """Measure every picture that is new or changed, and make the folder the chosen data set."""
    with errors_as_sentences():
        dataset, found = _index(folder)
        choose_dataset(dataset.id)
    counts = count_pictures(found.readable)
    if json_:
        record = {
            "id": dataset.id,
            "root": str(dataset.root),
            "fingerprint": found.fingerprint,
            "pictures": len(found.readable),
            "counts": counts.to_dict("records"),
            "unreadable": found.unreadable[["path", "error"]].to_dict("records"),
        }
        typer.echo(json.dumps(record, indent=2))
        return
    typer.echo(f"{len(found.readable):,} pictures in {dataset.root}")
    typer.echo(counts.to_string(index=False))
    for path, error in found.unreadable[["path", "error"]].itertuples(index=False):
        typer.echo(f"{path}: {error}", err=True)


@app.command()
def synthesize(
    folder: Annotated[Path, typer.Argument(help="New folder for the pictures and their masks.")],
    n: Annotated[int, typer.Option("--n", min=4, help="How many pictures.")] = 400,
    shortcut: Annotated[
        str | None, typer.Option(help="Plant a sign that goes with the label, as marker:0.9.")
    ] = None,
    size: Annotated[int, typer.Option(min=64, max=2048, help="Typical height in pixels.")] = 224,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Draw X-rays of children that never lived, with masks of lungs and opacities."""
    raise NotImplementedError


@app.command()
def download() -> None:
    """Fetch the public data set from Kaggle, and make it the chosen one."""
    from xray_core.datasets.sources import download_dataset

    with errors_as_sentences():
        dataset = download_dataset()
        choose_dataset(dataset.id)
    typer.echo(f"{dataset.title}: {dataset.root}")


def _index(folder: Path) -> tuple[Dataset, DatasetIndex]:
    dataset = add_dataset(folder)
    with progress("Reading") as on_progress:
        return dataset, index_layout(find_layout(dataset.root), dataset.folder, on_progress)
