"""May this overlay be trusted? One answer in words, from what was measured about it."""

from dataclasses import dataclass

from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.diagnosis.report import format_percent
from xray_core.diagnosis.trust.examine import Examination
from xray_core.diagnosis.trust.faithfulness import RANDOM_MAPS
from xray_core.diagnosis.trust.methods import EXPLANATIONS
from xray_core.diagnosis.trust.stability import Changed

_DEPENDS_ON_LEARNING = "Does it depend on what was learnt?"
_OTHERS_SEE_THE_SAME = "Do other methods see the same?"
# Chance alone would let one of 20 maps beat all 19 random ones, and one of ten beat 18 of them.
_LEAST_BEATEN = 18 / RANDOM_MAPS - 1e-9
_LEAST_STABLE = 0.7
_LEAST_AGREEING = 0.5
# A peak below a twentieth of the scale is drawn with less than 15 % of the strongest colour.
_LEAST_SHOWN = 0.05


@dataclass(frozen=True)
class Finding:
    """What one part of the examination says.

    Attributes:
        question: what it asks, for people.
        passed: whether the overlay withstands it.
        sentence: what was found.
        failure: what a failure means, in a few words.
    """

    question: str
    passed: bool
    sentence: str
    failure: str


@dataclass(frozen=True)
class Verdict:
    """What all parts say together.

    Attributes:
        findings: one for each part.
        unasked: the questions that only a network with its weights could answer.
    """

    findings: tuple[Finding, ...]
    unasked: tuple[str, ...] = ()

    @property
    def trusted(self) -> bool:
        return all(finding.passed for finding in self.findings)

    @property
    def sentence(self) -> str:
        """The verdict on the overlay, in words."""
        failures = [finding.failure for finding in self.findings if not finding.passed]
        if not failures and self.unasked:
            asked = len(self.findings)
            return (
                f"The overlay withstood the {asked} of {asked + len(self.unasked)} checks that "
                "can be made without the network's weights, which did not come with this model. "
                "Whether it would withstand the others, nobody knows."
            )
        if not failures:
            return (
                f"The overlay withstood all {len(self.findings)} checks: it shows what this "
                "network's answer rests on. Whether that is disease, it cannot tell."
            )
        return f"Do not rely on this overlay: {'; '.join(failures)}."


def shows_something(diagnosis: Diagnosis) -> bool:
    """Return whether the overlay shows enough evidence to be looked at, and so to be checked."""
    return float(diagnosis.heatmap.max()) >= _LEAST_SHOWN * diagnosis.heat_full_scale


def judge_overlay(found: Examination) -> Verdict:
    """Return whether an overlay may be trusted, and why."""
    findings, unasked = [_judge_faithfulness(found)], []
    if found.randomised:
        findings.append(_judge_randomised(found))
    else:
        unasked.append(_DEPENDS_ON_LEARNING)
    findings.append(_judge_stability(found))
    if found.agreement:
        findings.append(_judge_agreement(found))
    else:
        unasked.append(_OTHERS_SEE_THE_SAME)
    return Verdict(tuple(findings), tuple(unasked))


def _judge_faithfulness(found: Examination) -> Finding:
    deletion, insertion = found.faithfulness.deletion_beats, found.faithfulness.insertion_beats
    return Finding(
        "Does the answer rest on what it shows?",
        min(deletion, insertion) >= _LEAST_BEATEN,
        f"Covering its spots, the strongest first, lowers the answer sooner than "
        f"{round(deletion * RANDOM_MAPS)} of {RANDOM_MAPS} random maps do; showing nothing but "
        f"them raises it sooner than {round(insertion * RANDOM_MAPS)} of {RANDOM_MAPS}.",
        "random maps find what the answer rests on as well as it does",
    )


def _judge_randomised(found: Examination) -> Finding:
    likeness = found.randomised[1.0]
    least = _find_least_stable(found).likeness
    return Finding(
        _DEPENDS_ON_LEARNING,
        likeness < least,
        f"When all layers of the network forget what they learnt, its map keeps a likeness of "
        f"{likeness:.2f} to this one (1: the same map, 0: nothing in common); when the last layer "
        f"alone forgets, {found.randomised[0.0]:.2f}. A map that rests on what was learnt loses "
        f"more by that than by small changes of the picture, which leave {least:.2f} or more.",
        "a network that has learnt nothing draws much the same",
    )


def _judge_stability(found: Examination) -> Finding:
    least = _find_least_stable(found)
    answers = [c.probability for c in found.changes if c.probability is not None]
    lost = len(found.changes) - len(answers)
    spread = (
        f"The probability lies between {format_percent(min(answers))} and "
        f"{format_percent(max(answers))} under them."
        if answers
        else ""
    )
    if lost:
        spread += f" After {lost} of them no lungs were found any more."
    return Finding(
        "Does it stay when the picture hardly changes?",
        least.likeness >= _LEAST_STABLE,
        f"Of {len(found.changes)} small changes, the one that moves it most "
        f"({least.change.title}) leaves a likeness of {least.likeness:.2f}. {spread}".strip(),
        "it moves when the picture hardly changes",
    )


def _judge_agreement(found: Examination) -> Finding:
    agreeing = [name for name, value in found.agreement.items() if value > found.chance]
    each = ", ".join(
        f"{EXPLANATIONS[name].title} {value:.2f}" for name, value in found.agreement.items()
    )
    return Finding(
        _OTHERS_SEE_THE_SAME,
        len(agreeing) >= _LEAST_AGREEING * len(found.agreement),
        f"{_count_maps(len(agreeing), len(found.agreement))} more like it than any of "
        f"{RANDOM_MAPS} random maps ({found.chance:.2f}): {each}.",
        "another method points elsewhere"
        if len(found.agreement) == 1
        else "other methods point elsewhere",
    )


def _count_maps(agreeing: int, total: int) -> str:
    """Return the beginning of a sentence.

    >>> _count_maps(2, 4), _count_maps(0, 1)
    ('The maps of 2 of 4 other methods are', 'The map of the one other method is not')
    """
    if total == 1:
        return f"The map of the one other method is{'' if agreeing else ' not'}"
    return f"The maps of {agreeing} of {total} other methods are"


def _find_least_stable(found: Examination) -> Changed:
    return min(found.changes, key=lambda changed: changed.likeness)
