"""Figures that others reported, to put one's own beside, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xray_core.comparison.comparability import Badge
from xray_core.training.presets.catalog import PRESETS
from xray_core.training.presets.preset import Preset


@dataclass(frozen=True)
class ReportedFigures:
    """What somebody else measured; no answers behind it, so no interval and no test.

    Attributes:
        title: whose, in a few words.
        badge: what it may be compared with.
        figures: name to value, as in `Scores`.
        source: where it stands.
        preset: the preset that re-makes the run; empty for published work.
    """

    title: str
    badge: Badge
    source: str
    figures: Mapping[str, float] = field(default_factory=dict)
    preset: str = ""


_OFFICIAL = Badge("official test", "Its authors say so: the folder of 624 test pictures.")
_MEDMNIST = (
    "Yang et al. 2023, MedMNIST v2, Scientific Data 10:41, table of PneumoniaMNIST; pictures made "
    "from 28 × 28 pixels"
)

PUBLISHED = (
    ReportedFigures(
        "Kermany et al. 2018",
        _OFFICIAL,
        "Kermany et al. 2018, Cell 172:1122, Inception V3 on the data set's own test pictures",
        {"accuracy": 0.928, "sensitivity": 0.932, "specificity": 0.901, "auc": 0.968},
    ),
    ReportedFigures(
        "MedMNIST v2, ResNet-18 at 224", _OFFICIAL, _MEDMNIST, {"accuracy": 0.864, "auc": 0.956}
    ),
    ReportedFigures(
        "MedMNIST v2, Google AutoML Vision",
        _OFFICIAL,
        _MEDMNIST,
        {"accuracy": 0.946, "auc": 0.991},
    ),
)

# Project C's confusion matrices hold 172 normal pictures instead of 234.
_OTHER_TEST = ("c5-cnn", "c6-cnn-final")
_ON_TEST = Badge(
    "tuned on test",
    "The author chose among several runs by their figures on these same test pictures.",
)


def list_projects() -> tuple[ReportedFigures, ...]:
    """Return the runs of the five earlier projects for which an accuracy was reported."""
    return tuple(
        ReportedFigures(
            preset.title,
            _judge(preset),
            f"{preset.source}, as reported: {preset.reported}",
            {"accuracy": preset.reported_accuracy},
            preset.name,
        )
        for preset in PRESETS.values()
        if preset.reported_accuracy is not None
    )


def _judge(preset: Preset) -> Badge:
    if preset.name in _OTHER_TEST:
        return Badge(
            "re-split",
            "Its confusion matrix holds 172 normal pictures, not the official 234: another test.",
        )
    return _ON_TEST
