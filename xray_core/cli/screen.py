"""The command line's `screen`: a whole folder of X-rays into one table."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from xray_core.cli.output import ModelId, errors_as_sentences, progress
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE, Cutoffs
from xray_core.diagnosis.diagnose import Diagnoser, load_diagnoser
from xray_core.errors import InvalidConfigError
from xray_core.screening.files import list_folder
from xray_core.screening.on_ray import screen_on_ray
from xray_core.screening.results_file import ResultsFile, skip_done
from xray_core.screening.screen import screen_files

app = typer.Typer()


@app.command()
def screen(
    folder: Annotated[Path, typer.Argument(help="Holds X-rays at any depth.")],
    out: Annotated[Path, typer.Option(help="CSV file; lines that it holds are not made again.")],
    model: ModelId = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; as many as cores if left out.")
    ] = None,
    error_rate: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=0.5,
            help=f"Share of each class that may be called wrongly; else {DEFAULT_ERROR_RATE}.",
        ),
    ] = None,
    ray: Annotated[
        bool, typer.Option(help="Use the Ray cluster of this machine; see docs/scale.md.")
    ] = False,
) -> None:
    """Judge every X-ray below a folder; stopped, it goes on where it was."""
    counts: Counter[str] = Counter()
    with errors_as_sentences():
        diagnoser = load_diagnoser(model)
        cutoffs = _choose_cutoffs(diagnoser, error_rate)
        files, results = list_folder(folder.resolve()), ResultsFile(out)
        left = skip_done(files, results.find_done(diagnoser.model_hash, cutoffs))
        work = screen_on_ray(left, model) if ray else screen_files(left, model, workers=workers)
        with progress("Screening") as on_progress:
            for judged in work:
                lines = [line.decide_anew(cutoffs) for line in judged] if cutoffs else judged
                results.add(lines)
                counts.update(line.verdict or "without a verdict" for line in lines)
                on_progress(counts.total(), len(left))
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    kept = len(files) - len(left)
    typer.echo(f"{out}: {told or 'nothing new'}" + (f"; {kept} were there already" * bool(kept)))
    if counts["without a verdict"]:
        typer.echo("The column error says why some have no verdict.", err=True)
        raise typer.Exit(1)


def _choose_cutoffs(diagnoser: Diagnoser, error_rate: float | None) -> Cutoffs | None:
    """Return where each verdict begins; None for a model that has one threshold alone.

    Raises:
        InvalidConfigError: an error rate is asked of such a model.
    """
    if diagnoser.scores:
        return diagnoser.scores.choose_cutoffs(error_rate or DEFAULT_ERROR_RATE)
    if error_rate is not None:
        raise InvalidConfigError(
            f"--error-rate: expected a model that came with its validation scores, got "
            f"{diagnoser.card.id}, which has none. Leave it out, or choose another model."
        )
    return None
