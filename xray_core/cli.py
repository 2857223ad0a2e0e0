"""The command line: diagnose, lungs, models, evaluate, evaluate-lungs, train, train-lungs, data."""

import json
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from xray_core import cli_data, model_store
from xray_core.cli_output import (
    as_line,
    as_table,
    errors_as_sentences,
    evaluation_record,
    fail,
    name_outputs,
    progress,
)
from xray_core.datasets.catalog import get_chosen_dataset
from xray_core.datasets.folder import LabelledImage, list_labelled_images, select_labelled
from xray_core.datasets.masks import read_masks
from xray_core.datasets.resplit import load_split
from xray_core.diagnosis.diagnose import Diagnoser, load_diagnoser
from xray_core.diagnosis.overlay import render_overlay
from xray_core.diagnosis.report import describe_evidence, to_json_record
from xray_core.errors import PneumoscopeError
from xray_core.images.decode import decode_xray
from xray_core.images.xray import to_working_square
from xray_core.lungs.segment import LungSegmenter
from xray_core.paths import workspace

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

app.add_typer(cli_data.app, name="data")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
ModelId = Annotated[str | None, typer.Option("--model", help="Model id; see `models`.")]


@app.command()
def diagnose(
    files: Annotated[list[Path], typer.Argument(help="X-rays: JPEG, PNG, TIFF, WebP, BMP, DICOM.")],
    model: ModelId = None,
    json_: Json = False,
    overlay: Annotated[
        Path | None, typer.Option(help="Folder for a picture of each heatmap.")
    ] = None,
    heatmap: Annotated[
        Path | None,
        typer.Option(help="Folder for each heatmap as .npy, in the X-ray's own pixels."),
    ] = None,
) -> None:
    """Say pneumonia or normal for each X-ray, with the lung zones that the answer rests on."""
    with errors_as_sentences():
        diagnoser = load_diagnoser(model)
    records = [
        _diagnose_file(file, name, diagnoser, overlay, heatmap)
        for file, name in zip(files, name_outputs(files), strict=True)
    ]
    if json_:
        typer.echo(json.dumps(records, indent=2))
    else:
        for record in records:
            typer.echo(as_line(record), err="error" in record)
    if any("error" in record for record in records):
        raise typer.Exit(1)


@app.command()
def lungs(
    file: Path,
    mask: Annotated[Path, typer.Option(help="PNG file to write: 255 in the lungs, 0 elsewhere.")],
) -> None:
    """Draw the lungs of an X-ray, in its own pixels."""
    with errors_as_sentences():
        xray = decode_xray(_read(file), file.name)
        found = LungSegmenter().find(to_working_square(xray))
        picture = _enlarge(found.both.astype(np.float32) * 255, xray.height, xray.width)
        _write(mask, cv2.imencode(".png", np.where(picture > 127, 255, 0).astype(np.uint8))[1])
    typer.echo(f"{mask}: lungs cover {found.both.mean():.0%} of the picture")


@app.command()
def models(json_: Json = False) -> None:
    """List the trained models."""
    with errors_as_sentences():
        cards = model_store.list_models()
    if json_:
        typer.echo(json.dumps([card.model_dump(mode="json") for card in cards], indent=2))
        return
    for card in cards:
        default = " (default)" if card.id == model_store.DEFAULT_CLASSIFIER else ""
        typer.echo(f"{card.id}: {card.title}{default}, to {card.task}; {card.trained_on}")


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option(help="Folder that holds NORMAL and PNEUMONIA in splits.")],
    split: Annotated[
        str, typer.Option(help="Sub-folder to judge on; '.' for the folder itself.")
    ] = "test",
    model: ModelId = None,
    lung_masks: Annotated[
        Path | None, typer.Option(help="Folder of drawn lung masks with the same file stems.")
    ] = None,
    boxes: Annotated[
        Path | None, typer.Option(help="CSV of radiologists' boxes: filename, x, y, width, height.")
    ] = None,
    record: Annotated[
        str | None, typer.Option(help="Also write the figures to the model card under this name.")
    ] = None,
    json_: Json = False,
) -> None:
    """Judge a model on labelled X-rays, with 95 % intervals."""
    from xray_core.evaluation.evaluate import measure
    from xray_core.evaluation.predict import Reference, predict_images, read_boxes

    with errors_as_sentences():
        diagnoser = load_diagnoser(model)
        images = list_labelled_images(data / split)
        reference = Reference(
            read_masks(lung_masks) if lung_masks else {}, read_boxes(boxes) if boxes else {}
        )
        with progress("Judging") as on_progress:
            table = predict_images(images, diagnoser, reference, on_progress)
        result = measure(table, diagnoser.card.calibration.threshold, str(data / split))
        if record:
            named = result.model_copy(update={"data": record})
            model_store.record_measurement(diagnoser.card, record, named, table.to_csv(index=False))
    typer.echo(json.dumps(evaluation_record(result), indent=2) if json_ else as_table(result))


@app.command()
def evaluate_lungs(
    images: Annotated[Path, typer.Option(help="Folder of X-rays.")],
    masks: Annotated[Path, typer.Option(help="Folder of lung masks with the same file stems.")],
    record: Annotated[
        str | None, typer.Option(help="Also write the figures to the model card under this name.")
    ] = None,
    json_: Json = False,
) -> None:
    """Judge the lung outline against lungs that people drew."""
    from xray_core.evaluation.lung_overlap import measure_lungs

    with errors_as_sentences():
        segmenter = LungSegmenter()
        with progress("Judging") as on_progress:
            result = measure_lungs(images, masks, segmenter, record or str(images), on_progress)
        if record:
            model_store.record_measurement(segmenter.card, record, result)
    typer.echo(json.dumps(evaluation_record(result), indent=2) if json_ else as_table(result))


@app.command()
def train(
    preset: Annotated[str, typer.Argument(help="What to train, such as lungs-only.")],
    data: Annotated[
        Path | None,
        typer.Option(
            help="Training folder that holds NORMAL and PNEUMONIA; the chosen data set if left out."
        ),
    ] = None,
    model_id: Annotated[str | None, typer.Option("--id", help="Name of the new model.")] = None,
    title: Annotated[str | None, typer.Option(help="Its name on screen.")] = None,
    described_as: Annotated[
        str | None, typer.Option(help="The training pictures, in words, for the model card.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the preset's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of the preset's.")] = None,
    start_from: Annotated[
        str | None, typer.Option(help="Model to go on from, instead of the preset's first weights.")
    ] = None,
    models_folder: Annotated[Path | None, typer.Option(help="Where to publish the model.")] = None,
) -> None:
    """Train a classifier and publish it; TensorFlow is loaded only here."""
    from xray_core.training.presets import get_preset

    with errors_as_sentences():
        changes = {"epochs": epochs, "seed": seed, "start_from": start_from}
        config = get_preset(preset).model_copy(
            update={name: value for name, value in changes.items() if value is not None}
        )
        if data is None:
            images, where, patients = _chosen_images()
            config = config.model_copy(update={"validation_patients": patients})
        else:
            images, where = list_labelled_images(data), str(data)
        from xray_core.training.run import run_classifier

        name = model_id or preset
        with progress("Reading") as on_progress:
            folder = run_classifier(
                config,
                images,
                name,
                title or name,
                described_as or where,
                workspace() / "runs" / name,
                models_folder or workspace() / "models",
                on_progress,
            )
    typer.echo(f"Published {folder}")


@app.command()
def train_lungs(
    images: Annotated[list[Path], typer.Option(help="Folder of X-rays; may be repeated.")],
    masks: Annotated[
        list[Path], typer.Option(help="Folder of their lung masks, in the same order.")
    ],
    described_as: Annotated[str, typer.Option(help="The data, in words, for the model card.")] = "",
    epochs: Annotated[int, typer.Option(min=1)] = 16,
    start_from: Annotated[Path | None, typer.Option(help="Weights to go on from.")] = None,
    models_folder: Annotated[Path | None, typer.Option(help="Where to publish the model.")] = None,
) -> None:
    """Train the network that draws lungs and publish it; TensorFlow is loaded only here."""
    if len(images) != len(masks):
        fail(f"Expected --masks for each --images, got {len(masks)} for {len(images)}.")
    with errors_as_sentences():
        from xray_core.training.run import run_lung_unet

        folder = run_lung_unet(
            list(zip(images, masks, strict=True)),
            epochs,
            described_as or ", ".join(str(path) for path in images),
            workspace() / "runs" / model_store.DEFAULT_LUNGS,
            models_folder or workspace() / "models",
            start_from,
        )
    typer.echo(f"Published {folder}")


def _chosen_images() -> tuple[list[LabelledImage], str, tuple[str, ...]]:
    """Return the chosen data set's pictures outside its test split, and who validates."""
    dataset = get_chosen_dataset()
    if dataset is None:
        fail("Expected a chosen data set, or --data. Choose one with `data index FOLDER`.")
    found = dataset.open_index()
    if split := load_split(found):
        images = select_labelled(found, ("train", "val", ""))
        return images, dataset.title, split.validation_patients
    return select_labelled(found, ("train", "")), dataset.title, ()


def _diagnose_file(
    file: Path, name: str, diagnoser: Diagnoser, overlay: Path | None, heatmap: Path | None
) -> dict[str, object]:
    try:
        xray = decode_xray(_read(file), file.name)
        diagnosis = diagnoser.diagnose(xray)
        if overlay:
            picture = cv2.cvtColor(render_overlay(xray, diagnosis), cv2.COLOR_RGB2BGR)
            _write(overlay / f"{name}.png", cv2.imencode(".png", picture)[1])
        if heatmap:
            heatmap.mkdir(parents=True, exist_ok=True)
            full = _enlarge(diagnosis.heatmap, xray.height, xray.width)
            np.save(heatmap / f"{name}.npy", full)
    except PneumoscopeError as error:
        return {"file": str(file), "error": str(error)}
    return to_json_record(str(file), diagnosis) | {"summary": describe_evidence(diagnosis)}


def _enlarge(square: np.ndarray, height: int, width: int) -> np.ndarray:
    return cv2.resize(square, (width, height), interpolation=cv2.INTER_LINEAR)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PneumoscopeError(f"Expected a file to read, got {file}: {error.strerror}.") from error


def _write(file: Path, data: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.tobytes())
