"""Whose figures hold for a patient: those of children like the training pictures', or of adults."""

from collections.abc import Iterable
from typing import Literal

from xray_core.diagnosis.gate import Concern
from xray_core.diagnosis.header_concerns import is_age_known_to_models
from xray_core.images.xray import AcquisitionHeader

AgeGroup = Literal["children", "adults", "others"]

_ADULT_YEARS = 18.0


def find_age_group(header: AcquisitionHeader, concerns: Iterable[Concern]) -> AgeGroup:
    """Return whom an X-ray shows: by the age in its file, else by what the gate made of it.

    ``others`` are infants, older children and youths.

    Args:
        header: of the file.
        concerns: of the gate; nobody who raised none is taken for an adult.

    >>> find_age_group(AcquisitionHeader(age_years=64.0), ())
    'adults'
    >>> find_age_group(AcquisitionHeader(age_years=9.0), ())
    'others'
    """
    age = header.age_years
    if age is None:
        return "adults" if any(one.reason == "adult" for one in concerns) else "children"
    if age >= _ADULT_YEARS:
        return "adults"
    return "children" if is_age_known_to_models(age) else "others"
