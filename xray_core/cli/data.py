"""The command line's `data` commands: index, audit, split, synthesize, download."""

import json
from pathlib import Path
from typing import Annotated

import typer

from xray_core.audit.findings import Finding
from xray_core.cli.output import Json, errors_as_sentences, fail, progress
from xray_core.datasets.catalog import Dataset, add_dataset, choose_dataset
from xray_core.datasets.drawn_chest.series import divide_pictures
from xray_core.datasets.drawn_chest.shortcut import parse_shortcut
from xray_core.datasets.index import DatasetIndex, index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.sources import download_dataset
from xray_core.datasets.summary import count_pictures
from xray_core.datasets.synthetic import write_folder
from xray_core.numbers import word_estimate

app = typer.Typer()
data_app = typer.Typer(help="See what is in a folder of X-rays.", no_args_is_help=True)
app.add_typer(data_app, name="data")

Folder = Annotated[Path, typer.Argument(help="Holds split/class/images or class/images.")]


@data_app.command()
def index(folder: Folder, json_: Json = False) -> None:
    """Measure every picture that is new or changed, and make the folder the chosen data set."""
    with errors_as_sentences():
        dataset, found = index_folder(folder)
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


@data_app.command()
def audit(
    folder: Folder,
    json_: Json = False,
    models: Annotated[
        bool, typer.Option("--models", help="Also ask the default model; takes minutes.")
    ] = False,
    shortcuts: Annotated[
        bool, typer.Option("--shortcuts", help="Also measure shortcuts; takes minutes.")
    ] = False,
) -> None:
    """Look for the traps in a data set: copies, leaks, odd files, tiny splits, shortcuts."""
    from xray_core.audit.measure_shortcuts import measure_shortcuts
    from xray_core.audit.reports import (
        load_model_audit,
        load_shortcuts,
        save_model_audit,
        save_shortcuts,
    )
    from xray_core.audit.run_audit import run_audit
    from xray_core.audit.run_model_audit import run_model_audit

    with errors_as_sentences():
        _, found = index_folder(folder)
        with progress("Checking") as on_progress:
            findings = run_audit(found, on_progress)
        if models:
            asked = load_model_audit(found)
            if asked is None:
                with progress("Asking the models") as on_progress:
                    asked = run_model_audit(found, on_progress)
                save_model_audit(asked, found)
            findings += asked
        report = load_shortcuts(found) if shortcuts else None
        if shortcuts and report is None:
            with progress("Measuring shortcuts") as on_progress:
                report = measure_shortcuts(found, on_progress)
            save_shortcuts(report, found)
    if json_:
        record = {
            "findings": [_finding_record(finding) for finding in findings],
            "shortcuts": report.model_dump() if report else None,
        }
        typer.echo(json.dumps(record, indent=2))
        return
    for finding in findings:
        typer.echo(f"{finding.severity.upper():8} {finding.title}: {finding.sentence}")
    for entry in report.shortcuts if report else ():
        typer.echo(f"AUC {word_estimate(entry.auc, entry.low, entry.high)}  {entry.sentence}")
    if report:
        typer.echo(report.note)


@data_app.command()
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
    with errors_as_sentences():
        sign = parse_shortcut(shortcut) if shortcut else None
        if folder.exists() and any(folder.iterdir()):
            fail(f"Expected a new or empty folder, but {folder} holds files. Choose another one.")
        with progress("Drawing") as on_progress:
            write_folder(
                folder, divide_pictures(n), size, seed, shortcut=sign, on_progress=on_progress
            )
    typer.echo(f"{n} pictures in {folder}")


@data_app.command()
def download() -> None:
    """Fetch the public data set from Kaggle, and make it the chosen one."""
    with errors_as_sentences():
        dataset = download_dataset()
        choose_dataset(dataset.id)
    typer.echo(f"{dataset.title}: {dataset.root}")


def _finding_record(finding: Finding) -> dict[str, object]:
    told = ("kind", "severity", "title", "sentence", "advice", "count")
    evidence = json.loads(finding.evidence.to_json(orient="records"))
    return {name: getattr(finding, name) for name in told} | {"evidence": evidence}


def index_folder(folder: Path) -> tuple[Dataset, DatasetIndex]:
    """Return a folder as a data set, its new and changed files read, with a progress bar."""
    dataset = add_dataset(folder)
    with progress("Reading") as on_progress:
        return dataset, index_layout(find_layout(dataset.root), dataset.folder, on_progress)
