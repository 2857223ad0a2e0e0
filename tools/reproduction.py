"""Write docs/reproduction.md: what the earlier projects reported, and what their runs gave here."""

import io
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from xray_core.comparison.comparability import Badge, warn_of_one_answer
from xray_core.comparison.predictions import (
    OFFICIAL_TEST,
    Predictions,
    list_test_sets,
    load_predictions,
)
from xray_core.comparison.references import list_projects
from xray_core.evaluation.evaluate import measure
from xray_core.model_card import ClassifierCard, Figure, Measurement
from xray_core.model_store import (
    has_network,
    is_shipped,
    list_classifiers,
    predictions_file,
    read_model_file,
)
from xray_core.paths import ROOT
from xray_core.training.presets.catalog import PRESETS, RANDOM_START, began_at_random
from xray_core.training.presets.preset import OWN, Preset

REPRODUCTION_FILE = ROOT / "docs" / "reproduction.md"
_HALF = 0.5  # the authors called pneumonia from here on
_FEW = 60

_INTRODUCTION = """# The five projects, run again

Written by `python -m tools.reproduction` from the answers beside the cards in `models/`; nothing
here is typed by hand. Every run was trained by `python -m xray_core train --preset NAME` on the
5,216 training pictures of Kermany et al. 2018 (with `--set initial_weights=random` where *random
start* is said below), and judged once on the official 624 test pictures; but *Lungs only*, the
default, was trained by an earlier state of the launcher with the settings of its preset, and three
earlier versions of it had been judged on the same 624.

*Accuracy* is that of calling pneumonia from a probability of .5, as the authors did, with the 95 %
bootstrap interval over patients; *at its threshold* is what our launcher makes of the same answers
with the threshold it chose on the run's validation pictures. *Same* says whether the author's
figure lies in our interval. *Evidence in lungs* is the share of the heatmap inside our outline of
the lungs, averaged over the pictures called pneumonia at the run's threshold.
"""

_WHY = """\
For all of them: each is one run of one seed, while most authors tried several and kept the one
that did best on these same 624, so theirs tend to be higher. 16 validation pictures tell no good
epoch from a bad one, so the last epoch is what chance made of it. A network that calls every
picture pneumonia gets 62.5 % at .5; the two columns of accuracy tell how much of a difference is
the threshold alone. Our pictures are 224 pixels wide at most. What is known of a single run:
"""

_HEADER = (
    "| run | author | accuracy | same | at its threshold | AUC | evidence in lungs | network |",
    "|---|---|---|---|---|---|---|---|",
)


class Judged(NamedTuple):
    """A shipped model and its answers on the official test."""

    card: ClassifierCard
    test: Predictions


def render_reproduction() -> str:
    """Return the document for the shipped models that have answers on the official test."""
    judged = (Judged(card, test) for card in list_classifiers() if (test := _find_test(card)))
    shipped = {run.card.training.preset: run for run in judged if is_shipped(run.card.id)}
    runs = [(preset, shipped[name]) for name, preset in PRESETS.items() if name in shipped]
    lines = [_INTRODUCTION, *_HEADER]
    lines += [_render_row(preset, run) for preset, run in runs]
    missing = [
        preset.title
        for name, preset in PRESETS.items()
        if preset.source != OWN and name not in shipped
    ]
    if missing:
        lines += ["", f"Not run yet: {', '.join(missing)}."]
    lines += ["", "## Why figures differ, and what each comparison must bear in mind", "", _WHY]
    lines += [_explain(preset, run) for preset, run in runs if preset.source != OWN]
    return "\n".join(lines)


def _find_test(card: ClassifierCard) -> Predictions | None:
    """Return a model's answers on the official test, whatever its card calls it."""
    tests = (load_predictions(card, name) for name in list_test_sets(card))
    return next((test for test in tests if test.fingerprint == OFFICIAL_TEST), None)


def _render_row(preset: Preset, run: Judged) -> str:
    card, found, at_half = run.card, run.card.measurements[run.test.name], _measure_at_half(run)
    cells = (
        f"{card.title} (`{preset.name}`)",
        preset.reported or ("" if preset.source == OWN else "no figure given"),
        _word_percent(at_half.figures["accuracy"]),
        _compare(preset, at_half.figures["accuracy"]),
        f"{_word_percent(found.figures['accuracy'])} from {card.calibration.threshold:.2f}",
        _word(found.figures["auc"]),
        _word_percent(found.figures["evidence_in_lungs"])
        if "evidence_in_lungs" in found.figures
        else "–",
        "shipped" if has_network(card) else "train it anew",
    )
    return f"| {' | '.join(cells)} |"


def _measure_at_half(run: Judged) -> Measurement:
    answers = pd.read_csv(io.BytesIO(read_model_file(run.card, predictions_file(run.test.name))))
    return measure(answers, _HALF, run.card.measurements[run.test.name].data)


def _compare(preset: Preset, ours: Figure) -> str:
    reported = preset.reported_accuracy
    if reported is None or ours.value is None or ours.low is None or ours.high is None:
        return "–"
    if (badge := _find_badge(preset)) and badge.standing == "re-split":
        return "another test"
    if ours.low <= reported <= ours.high:
        return "yes"
    return "ours is lower" if ours.value < reported else "ours is higher"


def _explain(preset: Preset, run: Judged) -> str:
    facts = run.card.training
    remarks = list(preset.choices)
    if same := warn_of_one_answer(run.test):
        remarks.append(same)
    if badge := _find_badge(preset):
        remarks.append(f"The author's figure: {badge.reason}")
    if facts.settings.get("validation") == "pictures":
        remarks.append("Validation pictures share patients with the training pictures.")
    elif facts.validation_images < _FEW:
        remarks.append(f"The threshold comes from {facts.validation_images} validation pictures.")
    if began_at_random(facts.preset, facts.settings.get("initial_weights")):
        remarks.append(RANDOM_START)
    return f"- **{preset.title}.** {' '.join(remarks)}"


def _find_badge(preset: Preset) -> Badge | None:
    """Return how the author's figure came about, where one was given."""
    return next((row.badge for row in list_projects() if row.preset == preset.name), None)


def _word(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    bounds = f" [{figure.low:.3f}, {figure.high:.3f}]" if figure.low is not None else ""
    return f"{figure.value:.3f}{bounds}"


def _word_percent(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    bounds = ""
    if figure.low is not None and figure.high is not None:
        bounds = f" [{100 * figure.low:.1f}, {100 * figure.high:.1f}]"
    return f"{100 * figure.value:.1f} %{bounds}"


def main(path: Path = REPRODUCTION_FILE) -> None:
    """Write the document."""
    path.write_text(render_reproduction().rstrip() + "\n")


if __name__ == "__main__":
    main()
