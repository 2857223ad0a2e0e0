"""What a file's own header says against judging its picture."""

from collections.abc import Iterator

from xray_core.diagnosis.gate import Concern
from xray_core.images.xray import AcquisitionHeader

_RADIOGRAPHY = ("", "CR", "DX", "DR", "RG", "RF", "XC", "OT", "SC")  # the last three tell nothing
_FRONTAL = ("", "PA", "AP")
_CHEST = ("", "CHEST", "THORAX", "LUNG")
_SEEN_FROM_THE_SIDE = {"A": "front", "P": "back"}
_OLDEST_YEARS = 6.0  # exclusive; the training pictures are of children of 1 to 5 years
_YOUNGEST_YEARS = 1.0


def judge_header(header: AcquisitionHeader) -> Iterator[Concern]:
    """Yield what the header says against judging the picture, whatever the picture looks like."""
    if header.modality not in _RADIOGRAPHY:
        yield _not_frontal(f"Modality {header.modality}")
    elif header.body_part not in _CHEST:
        yield _not_frontal(f"Body part {header.body_part}")
    elif header.view not in _FRONTAL:
        yield _not_frontal(f"View {header.view}")
    elif header.rows_run_to in _SEEN_FROM_THE_SIDE:
        edge = _SEEN_FROM_THE_SIDE[header.rows_run_to]
        yield _not_frontal(f"its rows run to the patient's {edge}")
    if header.rows_run_to == "R":
        yield Concern(
            "mirrored",
            "The file says that the patient's left is on the left of the picture. Then right and "
            "left are exchanged in everything that is said here.",
        )
    age = header.age_years
    if age is not None and not is_age_known_to_models(age):
        yield Concern(
            "age",
            f"The file says that the patient is {_word_age(age)} old: the model learnt from "
            f"children of 1 to 5 years.",
        )


def is_age_known_to_models(age_years: float) -> bool:
    """Return whether the shipped models were trained on children of this age."""
    return _YOUNGEST_YEARS <= age_years < _OLDEST_YEARS


def _not_frontal(told: str) -> Concern:
    return Concern(
        "not a frontal chest",
        f"The file says that this is no frontal chest X-ray ({told}): the model knows no others.",
    )


def _word_age(years: float) -> str:
    """Return an age in years, of infants in months.

    >>> _word_age(64.0), _word_age(0.25)
    ('64 years', '3 months')
    """
    return f"{years:.0f} years" if years >= 1 else f"{12 * years:.0f} months"
