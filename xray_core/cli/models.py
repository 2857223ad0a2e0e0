"""The command line's `models`, `evaluate` and `evaluate-lungs`: what there is, and how good."""

import json
from pathlib import Path
from typing import Annotated

import typer

from xray_core import model_changes, model_store
from xray_core.cli.output import (
    Json,
    ModelId,
    as_table,
    errors_as_sentences,
    evaluation_record,
    progress,
)
from xray_core.datasets.folder import list_labelled_images
from xray_core.datasets.masks import read_masks
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.evaluation.evaluate import measure
from xray_core.evaluation.lung_overlap import measure_lungs
from xray_core.evaluation.predict import (
    Reference,
    predict_images,
    read_boxes,
    write_predictions,
)
from xray_core.lungs.segment import LungSegmenter

app = typer.Typer()

RecordName = Annotated[
    str | None,
    typer.Option("--record", help="Also write the figures to the model card under this name."),
]


@app.command()
def models(json_: Json = False) -> None:
    """List the trained models."""
    cards = model_store.list_models()
    for broken in model_store.list_broken_models():
        typer.echo(f"{broken.id}: {broken.reason}", err=True)
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
    record: RecordName = None,
    json_: Json = False,
) -> None:
    """Judge a model on labelled X-rays, with 95 % intervals."""
    with errors_as_sentences():
        diagnoser = load_diagnoser(model)
        images = list_labelled_images(data / split)
        reference = Reference(
            read_masks(lung_masks) if lung_masks else {}, read_boxes(boxes) if boxes else {}
        )
        with progress("Judging") as on_progress:
            table = predict_images(images, diagnoser, reference, on_progress)
        scores = diagnoser.scores
        cutoffs = scores.choose_cutoffs(DEFAULT_ERROR_RATE) if scores else None
        threshold = diagnoser.card.calibration.threshold
        result = measure(table, threshold, str(data / split), cutoffs)
        if record:
            named = result.model_copy(update={"data": record})
            csv = write_predictions(table)
            model_changes.record_measurement(diagnoser.card, record, named, csv)
    typer.echo(json.dumps(evaluation_record(result), indent=2) if json_ else as_table(result))


@app.command()
def evaluate_lungs(
    images: Annotated[Path, typer.Option(help="Folder of X-rays.")],
    masks: Annotated[Path, typer.Option(help="Folder of lung masks with the same file stems.")],
    record: RecordName = None,
    json_: Json = False,
) -> None:
    """Judge the lung outline against lungs that people drew."""
    with errors_as_sentences():
        segmenter = LungSegmenter()
        with progress("Judging") as on_progress:
            result = measure_lungs(images, masks, segmenter, record or str(images), on_progress)
        if record:
            model_changes.record_measurement(segmenter.card, record, result)
    typer.echo(json.dumps(evaluation_record(result), indent=2) if json_ else as_table(result))
