"""The command line's `search`: many runs from one preset, and the best of them."""

import json
from contextlib import suppress
from typing import Annotated

import typer

from xray_core.cli.data import index_folder
from xray_core.cli.output import Json, errors_as_sentences, progress
from xray_core.cli.train import DataFolder, PresetName, Settings, parse_setting, run_record
from xray_core.datasets.catalog import get_chosen_dataset
from xray_core.errors import UnknownNameError
from xray_core.training.config import change_config
from xray_core.training.jobs.queue import cancel_run
from xray_core.training.jobs.run_folder import Run
from xray_core.training.jobs.search_judge import require_asha
from xray_core.training.jobs.search_runs import (
    describe_differing_pictures,
    find_best,
    follow_search,
    submit_search,
)
from xray_core.training.jobs.submit import require_dataset
from xray_core.training.presets.catalog import get_preset
from xray_core.training.search import Way, draw_settings, make_trials, parse_space

app = typer.Typer()


@app.command()
def search(
    preset: PresetName,
    over: Annotated[
        list[str],
        typer.Option(
            help="field=a,b,c or field=low..high; may be repeated. A range over a factor of ten or "
            "more is drawn by its logarithm."
        ),
    ],
    by: Annotated[
        Way,
        typer.Option(help="grid: all; random: some; asha: some, and the hopeless end early (Ray)."),
    ] = "grid",
    trials: Annotated[int | None, typer.Option(min=1, help="How many runs.")] = None,
    settings: Settings = [],  # noqa: B006  Typer copies it
    data: DataFolder = None,
    seed: Annotated[int, typer.Option(help="Another one draws other trials.")] = 0,
    wait: Annotated[bool, typer.Option(help="Wait for the end, or only queue the runs.")] = True,
    json_: Json = False,
) -> None:
    """Train with many settings and name the run with the highest validation AUC."""
    with errors_as_sentences():
        found = get_preset(preset)
        config = change_config(found.config, dict(parse_setting(text) for text in settings))
        drawn = draw_settings(parse_space(over), by, trials, seed)
        make_trials(config, drawn)
        if by == "asha":
            require_asha()
        dataset = index_folder(data)[0] if data else require_dataset(get_chosen_dataset())
        runs = submit_search(config, dataset, found.title, drawn, by == "asha")
        if wait:
            runs = _follow(runs)
    best = find_best(runs)
    if json_:
        name, auc = (best[0].id, best[1]) if best else (None, None)
        typer.echo(
            json.dumps(
                {"runs": [run_record(run) for run in runs], "best": name, "validation_auc": auc},
                indent=2,
            )
        )
        return
    for run in runs:
        typer.echo(
            f"{run.id}: {run.request.title}. {run.state.status}. {run.state.message}".rstrip()
        )
    if best:
        typer.echo(f"Best: {best[0].id}, validation AUC {best[1]:.3f}. {best[0].request.title}")
        if caution := describe_differing_pictures(runs):
            typer.echo(caution)


def _follow(runs: list[Run]) -> list[Run]:
    """Show a search's progress until it ends; Ctrl-C cancels what is left of it."""
    try:
        with progress(f"{len(runs)} trials") as on_progress:
            return follow_search(runs, on_progress)
    except KeyboardInterrupt:
        for run in runs:
            with suppress(UnknownNameError):  # deleted meanwhile
                cancel_run(run.id)
        typer.echo("Cancelled. What was learnt is kept; see `runs list`.", err=True)
        raise typer.Exit(130) from None
