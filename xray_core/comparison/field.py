"""The chosen models on one set of test pictures: what every view and the report start from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xray_core.comparison.contenders import Contender, name_uniquely
from xray_core.comparison.predictions import OFFICIAL_TEST, Predictions
from xray_core.comparison.scores import ScoreRow, choose_test, list_test_pictures
from xray_core.comparison.style import Style


@dataclass(frozen=True)
class Field:
    """What is compared with what.

    Attributes:
        contenders: the chosen models and runs.
        fingerprint: of the test pictures; empty where no model has any.
        styles: how each is drawn.
    """

    contenders: Sequence[Contender]
    fingerprint: str
    styles: Mapping[str, Style]

    @cached_property
    def names(self) -> dict[str, str]:
        """Id to a name on screen that no other has."""
        return name_uniquely(list(self.contenders))

    @cached_property
    def any_tests(self) -> dict[str, Predictions | None]:
        """Id to answers on the test pictures, or on others where it has none on these."""
        return {each.id: choose_test(each, self.fingerprint) for each in self.contenders}

    @cached_property
    def tests(self) -> dict[str, Predictions]:
        """Id to answers on the test pictures, of those that have them."""
        return {
            model_id: test
            for model_id, test in self.any_tests.items()
            if test is not None and test.fingerprint == self.fingerprint
        }

    @property
    def thresholds(self) -> dict[str, float]:
        """Id to its own threshold."""
        return {each.id: each.threshold for each in self.contenders}

    @property
    def left_out(self) -> list[Contender]:
        """Those without answers on the test pictures."""
        return [each for each in self.contenders if each.id not in self.tests]

    def may_stand_with(self, row: ScoreRow) -> bool:
        """Return whether figures are of the test pictures, and nothing was chosen by them."""
        if row.id:
            return row.id in self.tests and row.badge.standing not in ("re-split", "tuned on test")
        return self.fingerprint == OFFICIAL_TEST and row.badge.standing == "official test"

    def find(self, model_id: str) -> Contender:
        return next(each for each in self.contenders if each.id == model_id)


def best_pictures(contenders: Sequence[Contender]) -> str:
    """Return the fingerprint that most can be compared on, the official test first; or empty."""
    return next(iter(list_test_pictures(contenders)), "")
