"""The command line's `compare`: scores side by side, and whether they differ beyond chance."""

import json
from pathlib import Path
from typing import Annotated

import typer

from xray_core.cli.output import Json, errors_as_sentences
from xray_core.comparison.summary import summarise

app = typer.Typer()


@app.command()
def compare(
    models: Annotated[list[str], typer.Argument(help="Ids of models; see `models`.")],
    on: Annotated[
        str | None,
        typer.Option(help="Name of a test on the cards; by default the one that most share."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Also write a report with charts to this HTML file.")
    ] = None,
    json_: Json = False,
) -> None:
    """Compare models: scores with intervals, evidence in lungs, and whether they differ."""
    with errors_as_sentences():
        summary = summarise(list(dict.fromkeys(models)), on)
        if html:
            summary.write_html(html)
    for problem in summary.problems:
        typer.echo(problem, err=True)
    typer.echo(json.dumps(summary.to_record(), indent=2) if json_ else summary.say())
