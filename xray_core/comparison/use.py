"""What each model's calls would mean where it is used."""

from collections.abc import Mapping

import pandas as pd

from xray_core.comparison.field import Field
from xray_core.comparison.predictions import Predictions
from xray_core.comparison.words import NOT_MEASURED, word_figure
from xray_core.evaluation.decision import estimate_share, weigh_consequences

DEFAULT_MISS_COST = 5.0


def tabulate_use(
    field: Field,
    tests: Mapping[str, Predictions],
    thresholds: Mapping[str, float],
    prevalence: float,
    miss_cost: float,
) -> pd.DataFrame:
    """Return a row a model, as words: its threshold, what it finds and spares, and what that costs.

    Args:
        field: the chosen models.
        tests: id to answers, all with a label.
        thresholds: id to the probability from which a picture is called pneumonia.
        prevalence: share of pneumonias where the models would be used.
        miss_cost: of a missed pneumonia, in false alarms.
    """
    rows = []
    for model_id, test in tests.items():
        called = test.probabilities >= thresholds[model_id]
        sick, patients = test.labels == 1, test.table["patient"].to_numpy(str)
        found = estimate_share(called[sick], patients[sick])
        spared = estimate_share(~called[~sick], patients[~sick])
        row = {
            "Model": field.names[model_id],
            "Threshold": f"{thresholds[model_id]:.3f}",
            "Sensitivity": word_figure(found),
            "Specificity": word_figure(spared),
        }
        if found.value is not None and spared.value is not None:
            meant = weigh_consequences(found.value, spared.value, prevalence, miss_cost)
            row |= {
                "PPV": NOT_MEASURED if meant.ppv is None else f"{meant.ppv:.3f}",
                "NPV": NOT_MEASURED if meant.npv is None else f"{meant.npv:.3f}",
                "Missed in 1,000": f"{meant.missed:.3g}",
                "False alarms in 1,000": f"{meant.false_alarms:.3g}",
                "Cost in 1,000": f"{meant.cost:.3g}",
            }
        row["Threshold from"] = _tell_origin(field, model_id, thresholds[model_id])
        rows.append(row)
    return pd.DataFrame(rows)


def _tell_origin(field: Field, model_id: str, threshold: float) -> str:
    contender = field.find(model_id)
    if contender.card is None or threshold != contender.threshold:
        return "the slider above"
    return contender.card.calibration.source
