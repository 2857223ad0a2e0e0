"""The command line's training commands: train, presets, runs, train-lungs."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from xray_core import model_store
from xray_core.cli.data import index_folder
from xray_core.cli.output import Json, errors_as_sentences, evaluation_record, fail, progress
from xray_core.datasets.catalog import get_chosen_dataset
from xray_core.errors import PneumoscopeError
from xray_core.paths import workspace
from xray_core.training.config import change_config
from xray_core.training.jobs.queue import cancel_run, enqueue_run, keep_working
from xray_core.training.jobs.run_folder import Run, list_runs, read_run
from xray_core.training.jobs.submit import require_dataset, submit_runs
from xray_core.training.presets.catalog import PRESETS, get_preset
from xray_core.training.search import read_value

app = typer.Typer()
runs_app = typer.Typer(help="Runs: what was trained, and what is being trained.")
app.add_typer(runs_app, name="runs", no_args_is_help=True)

PresetName = Annotated[str, typer.Option(help="What to start from; see `presets`.")]
Settings = Annotated[
    list[str],
    typer.Option("--set", help="field=value instead of the preset's; may be repeated."),
]
DataFolder = Annotated[
    Path | None,
    typer.Option(help="Folder of split/class/images; the chosen data set if left out."),
]
RunId = Annotated[str, typer.Argument(help="Id of the run; see `runs list`.")]

_LOOK_SECONDS = 0.5


@app.command()
def presets(json_: Json = False) -> None:
    """List the settings to start from: our own, and every run of the five earlier projects."""
    if json_:
        records = {
            name: {
                "title": preset.title,
                "source": preset.source,
                "teaches": preset.teaches,
                "reported": preset.reported,
                "choices": preset.choices,
                "settings": preset.config.model_dump(mode="json"),
            }
            for name, preset in PRESETS.items()
        }
        typer.echo(json.dumps(records, indent=2))
        return
    for name, preset in PRESETS.items():
        reported = f" Reported: {preset.reported}." if preset.reported else ""
        typer.echo(f"{name}: {preset.title} ({preset.source}). {preset.teaches}{reported}")


@app.command()
def train(
    preset: PresetName,
    settings: Settings = [],  # noqa: B006  Typer copies it
    data: DataFolder = None,
    title: Annotated[str | None, typer.Option(help="The model's name on screen.")] = None,
    run_id: Annotated[
        str | None, typer.Option("--id", help="Name of the run and its model.")
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait for the end, or only queue the run.")] = True,
    json_: Json = False,
) -> None:
    """Train a classifier in a process of its own, judge it on the test split and publish it."""
    with errors_as_sentences():
        found = get_preset(preset)
        config = change_config(found.config, dict(parse_setting(setting) for setting in settings))
        dataset = index_folder(data)[0] if data else require_dataset(get_chosen_dataset())
        runs = submit_runs(config, dataset, title or found.title, run_id)
        ended = [_follow(run, runs) for run in runs] if wait else runs
    _print_runs(ended, json_)
    if wait and any(run.state.status != "finished" for run in ended):
        raise typer.Exit(1)


@runs_app.command("list")
def list_(json_: Json = False) -> None:
    """List every run, the newest first."""
    _print_runs(list_runs(), json_)
    with errors_as_sentences():
        keep_working()


@runs_app.command()
def show(run: RunId, json_: Json = False) -> None:
    """Show one run: where it stands, its last epoch, and the end of its log."""
    with errors_as_sentences():
        found = read_run(run)
    history = found.read_history()
    epochs = history.assign(epoch=range(1, len(history) + 1))
    if json_:
        progress_ = found.read_progress()
        record = run_record(found) | {
            "progress": progress_.model_dump() if progress_ else None,
            "epochs": json.loads(epochs.to_json(orient="records")),  # null for what is no number
        }
        typer.echo(json.dumps([record], indent=2))
        return
    _print_runs([found], json_)
    if len(history):
        typer.echo(epochs.tail(1).to_string(index=False))
    typer.echo(found.read_log()[-2000:])


@runs_app.command()
def cancel(run: RunId) -> None:
    """End a run; what it learnt stays, and it can be resumed."""
    with errors_as_sentences():
        found = read_run(run)
        if not found.is_active:
            fail(f"Expected a run that waits or works; {run} is {found.state.status}.")
        cancel_run(run)
    typer.echo(f"{run}: asked to end.")


@runs_app.command()
def resume(
    run: RunId,
    wait: Annotated[bool, typer.Option(help="Wait for the end, or only queue the run.")] = True,
    json_: Json = False,
) -> None:
    """Go on with a run that was cancelled, crashed or killed, from its last epoch."""
    with errors_as_sentences():
        found = read_run(run)
        if not found.can_resume:
            fail(f"Expected a run that stopped before its end; {run} is {found.state.status}.")
        enqueue_run(found)
        ended = _follow(found, [found]) if wait else read_run(run)
    _print_runs([ended], json_)
    if wait and ended.state.status != "finished":
        raise typer.Exit(1)


@app.command()
def train_lungs(
    images: Annotated[list[Path], typer.Option(help="Folder of X-rays; may be repeated.")],
    masks: Annotated[
        list[Path], typer.Option(help="Folder of their lung masks, in the same order.")
    ],
    models_folder: Annotated[
        Path,
        typer.Option(
            help="Where to publish it, such as models; in the workspace the shipped one hides it."
        ),
    ],
    described_as: Annotated[str, typer.Option(help="The data, in words, for the model card.")] = "",
    epochs: Annotated[int, typer.Option(min=1)] = 16,
    start_from: Annotated[Path | None, typer.Option(help="Weights to go on from.")] = None,
) -> None:
    """Train the network that draws lungs and publish it; TensorFlow is loaded only here."""
    if len(images) != len(masks):
        fail(f"Expected --masks for each --images, got {len(masks)} for {len(images)}.")
    with errors_as_sentences():
        from xray_core.training.run_lungs import run_lung_unet

        folder = run_lung_unet(
            list(zip(images, masks, strict=True)),
            epochs,
            described_as or ", ".join(str(path) for path in images),
            workspace() / model_store.DEFAULT_LUNGS,
            models_folder,
            start_from,
        )
    typer.echo(f"Published {folder}")


def parse_setting(setting: str) -> tuple[str, Any]:
    """Return (field, value): numbers, true, false and lists with commas are understood."""
    field, equals, text = setting.partition("=")
    if not equals:
        raise PneumoscopeError(f"--set: expected field=value, got {setting!r}.")
    if "," in text and not text.startswith("["):
        return field, [read_value(part) for part in text.split(",") if part]
    return field, read_value(text)


def _follow(run: Run, started: Sequence[Run]) -> Run:
    """Show a run's progress until it ends; Ctrl-C cancels all that were started with it."""
    try:
        with progress(run.request.title) as on_progress:
            while (now := read_run(run.id)).is_active:
                if told := now.read_progress():
                    epochs = run.config.epochs * max(told.total, 1)
                    on_progress(min(told.epoch * max(told.total, 1) + told.done, epochs), epochs)
                keep_working()
                time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        known = {each.id: each for each in list_runs()}
        active = [each.id for each in started if each.id in known and known[each.id].is_active]
        for run_id in active:
            cancel_run(run_id)
        typer.echo(
            "Cancelled. Go on with "
            + ", ".join(f"`python -m xray_core runs resume {run_id}`" for run_id in active),
            err=True,
        )
        raise typer.Exit(130) from None
    return now


def _print_runs(runs: list[Run], json_: bool) -> None:
    if json_:
        typer.echo(json.dumps([run_record(run) for run in runs], indent=2))
        return
    if not runs:
        typer.echo("No run yet. Start one with `python -m xray_core train --preset lesson`.")
    for run in runs:
        state = run.state
        typer.echo(f"{run.id}: {state.status}. {state.message}".rstrip())


def _read_measurements(model_id: str) -> dict[str, Any] | None:
    """Return what a run's model scored; None where the model was deleted or cannot be read."""
    try:
        measured = model_store.read_card(model_id).measurements
    except PneumoscopeError:
        return None
    return {name: evaluation_record(found) for name, found in measured.items()}


def run_record(run: Run) -> dict[str, Any]:
    """Return a run under names that scripts may rely on."""
    record: dict[str, Any] = {
        "id": run.id,
        "title": run.request.title,
        "status": run.state.status,
        "message": run.state.message,
        "dataset": run.request.dataset_id,
        "settings": run.config.model_dump(mode="json"),
        "folder": str(run.folder),
    }
    if run.state.status == "finished":
        record["measurements"] = _read_measurements(run.id)
    return record
