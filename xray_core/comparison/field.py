"""The chosen models on one set of test pictures: what every view and the report start from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xray_core.comparison.comparability import FLATTERING, give_badge
from xray_core.comparison.contenders import Contender, name_uniquely
from xray_core.comparison.pairs import Pair
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

    @cached_property
    def cautions(self) -> dict[str, str]:
        """Id to what must follow a comparison with this model, of those where something must."""
        badges = {
            each.id: give_badge(each.card, self.any_tests[each.id]) for each in self.contenders
        }
        return {
            model_id: f"{self.names[model_id]}: {badge.caution}"
            for model_id, badge in badges.items()
            if badge.caution
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
            return row.id in self.tests and row.badge.standing not in FLATTERING
        return self.fingerprint == OFFICIAL_TEST and row.badge.standing == "official test"

    def flag(self, pair: Pair) -> list[str]:
        """Return why the difference of two models may mislead: thresholds, then each of them."""
        if pair.refusal:
            return []
        both = pair.first, pair.second
        cautions = [self.cautions[model_id] for model_id in both if model_id in self.cautions]
        return [*filter(None, [pair.warn_of_thresholds(self.names)]), *cautions]

    def say(self, pair: Pair) -> list[str]:
        """Return how two models differ in sentences, and what must follow them."""
        return [*pair.say(self.names), *self.flag(pair)]

    def find(self, model_id: str) -> Contender:
        return next(each for each in self.contenders if each.id == model_id)


def best_pictures(contenders: Sequence[Contender]) -> str:
    """Return the fingerprint that most can be compared on, the official test first; or empty."""
    return next(iter(list_test_pictures(contenders)), "")
