"""What pneumonia, normal and "cannot tell" are worth: on judged pictures, and elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from xray_core.diagnosis.conformal import Cutoffs, Verdict
from xray_core.evaluation.decision import estimate_share
from xray_core.model_card import Figure


@dataclass(frozen=True)
class AnswerRates:
    """How often each verdict is given to each class, with 95 % intervals.

    Attributes:
        pneumonia: verdict to its share among the pictures with pneumonia.
        normal: verdict to its share among the normal ones.
    """

    pneumonia: dict[Verdict, Figure]
    normal: dict[Verdict, Figure]

    def as_figures(self) -> dict[str, Figure]:
        """Return what a model's card says of them."""
        return {
            "kept_pneumonia": _rest(self.pneumonia["normal"]),
            "kept_normal": _rest(self.normal["pneumonia"]),
            "cannot_tell_pneumonia": self.pneumonia["cannot tell"],
            "cannot_tell_normal": self.normal["cannot tell"],
        }

    def share_sick(self, verdict: Verdict, prevalence: float) -> Figure:
        """Return the share with pneumonia among children with this verdict, with its interval.

        Args:
            verdict: the result of the child.
            prevalence: share of pneumonias among the children who are X-rayed, above 0, below 1.

        Source: Altman and Bland 1994, "Diagnostic tests 2: predictive values"; Donner and Zou
        2012, "Closed-form confidence intervals for functions of the normal mean and standard
        deviation" (limits of a ratio from the limits of its parts).
        """
        odds = prevalence / (1 - prevalence)
        sick, well = self.pneumonia[verdict], self.normal[verdict]
        if sick.value is None or well.value is None or not (sick.value or well.value):
            return Figure(value=None)
        low, high = _ratio_limits(sick, well)
        value = prevalence * sick.value
        return Figure(
            value=value / (value + (1 - prevalence) * well.value),
            low=odds * low / (1 + odds * low),
            high=1.0 if np.isinf(high) else odds * high / (1 + odds * high),
        )


def measure_answers(answered: pd.DataFrame, cutoffs: Cutoffs) -> AnswerRates:
    """Return how often each verdict is given to each class of judged pictures.

    Args:
        answered: columns ``patient``, ``label``, ``probability``, as `predict_images` has them.
        cutoffs: from validation pictures.
    """
    verdicts = answered["probability"].map(cutoffs.decide).to_numpy()
    patients, labels = answered["patient"].to_numpy(), answered["label"].to_numpy(int)
    sick, well = (
        {
            verdict: estimate_share(verdicts[labels == label] == verdict, patients[labels == label])
            for verdict in get_args(Verdict)
        }
        for label in (1, 0)
    )
    return AnswerRates(pneumonia=sick, normal=well)


def tabulate_answers(rates: Mapping[str, AnswerRates]) -> pd.DataFrame:
    """Return how often each answer is given, one row for each data set and class, for reading."""
    rows = [
        {"Pictures": data, "Truth": truth}
        | {f"Called {verdict}, %": _percent(figure) for verdict, figure in shares.items()}
        for data, found in rates.items()
        for truth, shares in (("pneumonia", found.pneumonia), ("normal", found.normal))
    ]
    return pd.DataFrame(rows).rename(columns={"Called cannot tell, %": "Cannot tell, %"})


def _percent(figure: Figure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return "–"
    return f"{100 * figure.value:.1f} ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def _rest(share: Figure) -> Figure:
    if share.value is None or share.low is None or share.high is None:
        return share
    return Figure(value=1 - share.value, low=1 - share.high, high=1 - share.low)


def _ratio_limits(above: Figure, below: Figure) -> tuple[float, float]:
    """Return the 95 % limits of the ratio of two independent shares."""
    a, low_a, high_a = above.value or 0.0, above.low or 0.0, above.high or 0.0
    b, low_b, high_b = below.value or 0.0, below.low or 0.0, below.high or 0.0
    product = a * b
    low_root = product**2 - low_a * high_b * (2 * a - low_a) * (2 * b - high_b)
    low = (product - max(low_root, 0.0) ** 0.5) / (high_b * (2 * b - high_b))
    high_root = product**2 - high_a * low_b * (2 * a - high_a) * (2 * b - low_b)
    base = low_b * (2 * b - low_b)
    high = (product + max(high_root, 0.0) ** 0.5) / base if base > 0 else np.inf
    return max(0.0, float(low)), float(high)
