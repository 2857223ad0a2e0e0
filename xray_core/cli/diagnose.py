"""The command line's `diagnose` and `lungs`: one X-ray at a time."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, get_args

import cv2
import numpy as np
import typer

from xray_core.cli.output import Json, ModelId, as_line, errors_as_sentences, name_outputs
from xray_core.diagnosis.age_group import AgeGroup, find_age_group
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE, Verdict
from xray_core.diagnosis.diagnose import Diagnoser, load_diagnoser
from xray_core.diagnosis.overlay import render_overlay
from xray_core.diagnosis.report import describe_evidence, to_json_record
from xray_core.errors import IncompatibleModelError, PneumoscopeError
from xray_core.images.decode import decode_xray, read_xray_file
from xray_core.images.xray import to_working_square
from xray_core.lungs.segment import LungSegmenter

app = typer.Typer()


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
    error_rate: Annotated[
        float,
        typer.Option(min=0.001, max=0.5, help="Share of each class that may be called wrongly."),
    ] = DEFAULT_ERROR_RATE,
    prevalence: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=0.999,
            help="Share of pneumonias among the children X-rayed with you: says what each answer "
            "means there.",
        ),
    ] = None,
) -> None:
    """Say pneumonia, normal or cannot tell for each X-ray, and the zones that speak for it."""
    with errors_as_sentences():
        diagnoser = load_diagnoser(model)
        worth = _weigh_answers(diagnoser, error_rate, prevalence) if prevalence else {}
    records = [
        _diagnose_file(file, name, diagnoser, error_rate, worth, overlay, heatmap)
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
        xray = decode_xray(read_xray_file(file), file.name)
        found = LungSegmenter().find(to_working_square(xray))
        picture = _enlarge(found.both.astype(np.float32) * 255, xray.height, xray.width)
        sheet = np.where(picture > 127, 255, 0).astype(np.uint8)
        _write(mask, cv2.imencode(".png", sheet)[1].tobytes())
    typer.echo(f"{mask}: lungs cover {100 * found.both.mean():.0f} % of the picture")


def _weigh_answers(
    diagnoser: Diagnoser, error_rate: float, prevalence: float
) -> dict[tuple[AgeGroup, Verdict], str]:
    """Return what each answer means where pneumonia has this share, a sentence each."""
    from xray_core.comparison.predictions import list_test_sets, load_predictions
    from xray_core.evaluation.answer_worth import describe_worth

    names = list_test_sets(diagnoser.card)
    if diagnoser.scores is None or not names:
        raise IncompatibleModelError(
            f"Expected a model that was judged on test pictures, got {diagnoser.card.id!r}, which "
            f"was not. Leave --prevalence out, or judge it with `python -m xray_core evaluate`."
        )
    cutoffs = diagnoser.scores.choose_cutoffs(error_rate)
    tables = {name: load_predictions(diagnoser.card, name).table for name in names}
    return {
        (group, verdict): describe_worth(tables, cutoffs, verdict, prevalence, group)
        for group in get_args(AgeGroup)
        for verdict in get_args(Verdict)
    }


def _diagnose_file(
    file: Path,
    name: str,
    diagnoser: Diagnoser,
    error_rate: float,
    worth: Mapping[tuple[AgeGroup, Verdict], str],
    overlay: Path | None,
    heatmap: Path | None,
) -> dict[str, object]:
    try:
        xray = decode_xray(read_xray_file(file), file.name)
        diagnosis = diagnoser.diagnose(xray, error_rate)
        if overlay:
            picture = cv2.cvtColor(render_overlay(xray, diagnosis), cv2.COLOR_RGB2BGR)
            _write(overlay / f"{name}.png", cv2.imencode(".png", picture)[1].tobytes())
        if heatmap:
            full = io.BytesIO()
            np.save(full, _enlarge(diagnosis.heatmap, xray.height, xray.width))
            _write(heatmap / f"{name}.npy", full.getvalue())
    except PneumoscopeError as error:
        return {"file": str(file), "error": str(error)}
    group = find_age_group(xray.header, diagnosis.concerns)
    sentences = [
        *xray.notes,
        *(concern.sentence for concern in diagnosis.concerns),
        describe_evidence(diagnosis),
        worth.get((group, diagnosis.verdict), ""),
    ]
    return to_json_record(str(file), diagnosis) | {
        "notes": list(xray.notes),
        "summary": " ".join(filter(None, sentences)),
    }


def _enlarge(square: np.ndarray, height: int, width: int) -> np.ndarray:
    return cv2.resize(square, (width, height), interpolation=cv2.INTER_LINEAR)


def _write(file: Path, data: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        raise PneumoscopeError(
            f"Expected a file that can be written, got {file}: {error.strerror}. Make room, or "
            f"choose another folder."
        ) from error
