"""Write docs/model_facts.md from the cards of the shipped models, so that no figure is typed."""

from collections.abc import Mapping
from pathlib import Path

from xray_core.comparison.words import word_figure, word_share
from xray_core.diagnosis.conformal import DEFAULT_ERROR_RATE, SCORES_FILE, read_scores
from xray_core.model_card import CellPlacement, ClassifierCard, Figure, LungCard, Measurement
from xray_core.model_store import (
    DEFAULT_CLASSIFIER,
    SERVING_FILE,
    is_shipped,
    list_models,
    read_classifier_card,
    read_model_file,
)
from xray_core.numbers import word_percent
from xray_core.paths import ROOT, SHIPPED_MODELS
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.presets.preset import OWN

FACTS_FILE = ROOT / "docs" / "model_facts.md"

_NAMES = {
    "accuracy": "Accuracy",
    "sensitivity": "Sensitivity (pneumonia found)",
    "specificity": "Specificity (normal left alone)",
    "precision": "Precision",
    "f1": "F1",
    "mcc": "Matthews correlation (MCC)",
    "auc": "AUC",
    "pr_auc": "Average precision (PR-AUC)",
    "auc_lungs_covered": "AUC with the lungs painted over (0.5: nothing else is used)",
    "auc_rest_covered": "AUC with everything but the lungs painted over",
    "brier": "Brier score",
    "ece": "Calibration error (ECE, 15 bins)",
    "kind_right": "Bacterial or viral called right, of the pneumonias",
    "energy_in_mask": "Evidence inside lungs that people drew",
    "peak_in_mask": "Peak inside lungs that people drew",
    "energy_in_box": "Evidence inside radiologists' boxes",
    "peak_in_box": "Peak inside a radiologist's box",
    "random_in_box": "A random point of the lungs inside a box, for comparison",
    "evidence_in_lungs": "Evidence inside our own lung outline",
    "kept_pneumonia": "Three answers: pneumonia not called normal (95 % asked for)",
    "kept_normal": "Three answers: normal not called pneumonia (95 % asked for)",
    "cannot_tell_pneumonia": "Three answers: pneumonia, cannot tell",
    "cannot_tell_normal": "Three answers: normal, cannot tell",
    "refused": "Refused: not a chest X-ray, or no two lungs found",
    "warned": "Warned about, for whatever reason",
    "warned_turned": "Warned: on its side or head",
    "warned_mirrored": "Warned: heart on the wrong side",
    "warned_cropped": "Warned: lungs cut off",
    "warned_exposure": "Warned: exposure",
    "warned_blurred": "Warned: not sharp",
    "warned_adult": "Warned: looks like an adult",
    "warned_negative": "Taken for a negative and turned into a positive",
    "recognised_mirrored": "Made from it: mirrored, recognised",
    "stopped_mirrored": "Made from it: mirrored, recognised or refused",
    "recognised_upside_down": "Made from it: turned on its head, recognised",
    "stopped_upside_down": "Made from it: turned on its head, recognised or refused",
    "recognised_on_its_side": "Made from it: turned on its side, recognised",
    "stopped_on_its_side": "Made from it: turned on its side, recognised or refused",
    "recognised_negative": "Made from it: negative, recognised",
    "stopped_negative": "Made from it: negative, recognised or refused",
    "recognised_sixth_cut_off": "Made from it: a sixth cut off one side, recognised",
    "stopped_sixth_cut_off": "Made from it: a sixth cut off one side, recognised or refused",
    "recognised_third_cut_off": "Made from it: a third cut off one side, recognised",
    "stopped_third_cut_off": "Made from it: a third cut off one side, recognised or refused",
    "recognised_third_as_bright": "Made from it: a third as bright, recognised",
    "stopped_third_as_bright": "Made from it: a third as bright, recognised or refused",
    "recognised_blurred": "Made from it: blurred by 2 of 224 pixels, recognised",
    "stopped_blurred": "Made from it: blurred by 2 of 224 pixels, recognised or refused",
    "dice": "Dice overlap with people's masks",
    "dice_worst_5_percent": "Dice, mean of the worst 5 %",
    "no_lungs_found": "Pictures in which no two lungs were found",
}

_INTRODUCTION = """## Every figure of every model

Written by `python -m tools.model_facts` from the cards in `models/`; nothing here is typed by hand.
Intervals are 95 % bootstrap intervals, patients drawn whole. Evidence in lungs is averaged over the
pictures called pneumonia, evidence in boxes over all pictures with boxes. Test pictures and adults
of the other hospital were used to report, never to fit, choose or stop; threshold and temperature
come from validation pictures of other patients than the training pictures.
"""


# The rows of the label; a share is shown in per cent.
_ON_LABEL = {
    "sensitivity": ("Pneumonias found (sensitivity)", word_share),
    "specificity": ("Normal X-rays left alone (specificity)", word_share),
    "accuracy": ("Called right (accuracy)", word_share),
    "auc": ("AUC (0.5 is a coin, 1 is perfect)", word_figure),
    "ece": ("Probability is off by, on average (ECE)", word_figure),
    "cannot_tell_pneumonia": ("“Cannot tell”, of the pneumonias", word_share),
    "cannot_tell_normal": ("“Cannot tell”, of the normal ones", word_share),
    "evidence_in_lungs": ("Where it looks: evidence in its own outline of the lungs", word_share),
    "auc_lungs_covered": ("Where it looks: AUC left with the lungs painted over", word_figure),
    "auc_rest_covered": ("… and with everything else painted over", word_figure),
    "peak_in_mask": ("Where it looks: brightest spot in lungs that people drew", word_share),
    "peak_in_box": ("Where it looks: brightest spot in a radiologist's box", word_share),
    "random_in_box": ("… and a random point of the lungs in such a box", word_share),
}


def render_facts() -> str:
    """Return the document for our own shipped models: the default classifier's label, then all."""
    shipped = [
        card for card in list_models() if is_shipped(card.id) and not _stands_elsewhere(card)
    ]
    cards = sorted(shipped, key=lambda card: (isinstance(card, LungCard), card.id))
    label = render_label(read_classifier_card(DEFAULT_CLASSIFIER))
    return "\n".join([label, _INTRODUCTION, *(_render_card(card) for card in cards)])


def render_label(card: ClassifierCard) -> str:
    """Return what one has to know of a model before one uses it, on a page."""
    measured = card.measurements
    tested = "; ".join(f"{name}: {found.n} X-rays" for name, found in measured.items())
    facts = {
        "What it is for": card.intended_use,
        "Limits, and who it is not for": " ".join(card.limits),
        "Trained on": f"{card.training.training_images:,} {card.trained_on}",
        "Threshold chosen on": card.calibration.source,
        "Tested on": tested,
        "What it sees": _see(card),
        "Says pneumonia from": _tell_limits(card),
    }
    rows = [
        f"| {title} | {' | '.join(word(found.figures.get(key)) for found in measured.values())} |"
        for key, (title, word) in _ON_LABEL.items()
        if any(key in found.figures for found in measured.values())
    ]
    return "\n".join(
        [
            f"# Model facts: {card.title}",
            "",
            *("| the default model | |", "|---|---|"),
            *(f"| **{title}** | {text} |" for title, text in facts.items()),
            "",
            f"| figure, with 95 % interval | {' | '.join(measured)} |",
            f"|---|{'---|' * len(measured)}",
            *rows,
            "",
            *(
                f"- **{name[0].upper()}{name[1:]}:** {_say_confusion(found.confusion)}"
                for name, found in measured.items()
                if found.confusion
            ),
            "",
        ]
    )


def _stands_elsewhere(card: ClassifierCard | LungCard) -> bool:
    """Return whether docs/reproduction.md alone has it: an earlier project's run, or figures."""
    preset = PRESETS.get(card.training.preset)
    return SERVING_FILE not in card.files or (preset is not None and preset.source != OWN)


def _render_card(card: ClassifierCard | LungCard) -> str:
    size = (SHIPPED_MODELS / card.id / SERVING_FILE).stat().st_size / 1e6
    lines = [
        f"## {card.title} (`{card.id}`)",
        "",
        f"- **For:** {card.intended_use}",
        *(f"- **Limit:** {limit}" for limit in card.limits),
        f"- **Network:** {card.architecture}, serving file {size:.1f} MB",
        f"- **Trained on:** {card.trained_on}: {card.training.training_images} pictures, "
        f"{card.training.validation_images} more for validation",
    ]
    if isinstance(card, ClassifierCard):
        lines += [
            f"- **Sees:** {card.input.size} x {card.input.size} pixels, {_see(card)}",
            f"- **Verdict:** pneumonia from probability {card.calibration.threshold:.3f}, "
            f"temperature {card.calibration.temperature:.3f}; from {card.calibration.source}",
            f"- **Heat scale:** full colour at {card.heat_full_scale:.3f} log-odds a map cell",
            f"- **Map cells:** {_place(card.placement)}",
        ]
    parts = [_render_measurement(name, found) for name, found in card.measurements.items()]
    return "\n".join([*lines, "", *parts])


def _tell_limits(card: ClassifierCard) -> str:
    """Return from which probability it says what, with two answers and with three."""
    told = f"a probability of {word_percent(card.calibration.threshold)} %"
    if SCORES_FILE not in card.files:
        return told
    cutoffs = read_scores(read_model_file(card, SCORES_FILE)).choose_cutoffs(DEFAULT_ERROR_RATE)
    return (
        f"{told}; where it may say “cannot tell”, as on the page, from "
        f"{word_percent(cutoffs.high)} %, and normal below {word_percent(cutoffs.low)} %"
    )


def _see(card: ClassifierCard) -> str:
    return {
        "whole": "the whole picture",
        "lung_mask": "cropped to the lungs, all else black",
        "lung_pool": "cropped to the lungs, all else black, features averaged over the lungs only",
    }[card.input.outside_lungs]


def _place(placement: CellPlacement | None) -> str:
    if placement is None:
        return "none, regions are covered in turn"
    return (
        f"{placement.rows} x {placement.columns}; measured first centre {_pair(placement.first)}, "
        f"stride {_pair(placement.stride)} pixels"
    )


def _pair(values: tuple[float, float]) -> str:
    return f"({values[0]:.1f}, {values[1]:.1f})"


def _render_measurement(name: str, found: Measurement) -> str:
    lines = [f"### {name} ({found.n} pictures)", "", "| figure | value | 95 % interval |"]
    lines.append("|---|---|---|")
    lines += [_row(_NAMES[key], figure) for key, figure in found.figures.items()]
    if found.confusion:
        lines += ["", _say_confusion(found.confusion)]
    return "\n".join([*lines, *(["", found.note] if found.note else []), ""])


def _say_confusion(confusion: Mapping[str, int]) -> str:
    return (
        f"Of {confusion['tp'] + confusion['fn']} with pneumonia {confusion['tp']} were found and "
        f"{confusion['fn']} missed; of {confusion['tn'] + confusion['fp']} normal ones "
        f"{confusion['fp']} were called pneumonia."
    )


def _row(name: str, figure: Figure) -> str:
    value = "undefined" if figure.value is None else f"{figure.value:.3f}"
    bounds = "" if figure.low is None else f"{figure.low:.3f} to {figure.high:.3f}"
    return f"| {name} | {value} | {bounds} |"


def main(path: Path = FACTS_FILE) -> None:
    """Write the document."""
    path.write_text(render_facts().rstrip() + "\n")


if __name__ == "__main__":
    main()
