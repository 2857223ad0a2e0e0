"""What a file name tells of patient and subtype; the rules are data, one entry a data set."""

import re
from dataclasses import dataclass
from typing import NamedTuple

# Files are named after the germ, classes after the disease.
KIND_OF_GERM = {"bacteria": "bacterial", "virus": "viral"}


@dataclass(frozen=True)
class NameRule:
    """How the files of one data set are named.

    Attributes:
        name: of the data set.
        patterns: regular expressions, tried in this order at the start of the name. The groups
            ``series`` and ``number`` together are the patient, ``subtype`` is the kind of disease.
    """

    name: str
    patterns: tuple[re.Pattern[str], ...]


class NameFacts(NamedTuple):
    """What a name told.

    Attributes:
        patient: images of one patient share it; a name that tells no patient is its own.
        subtype: kind of disease, or "".
    """

    patient: str
    subtype: str = ""


RULES = (
    # Numbers alone are no patients: normal and both pneumonia series begin at 1 again.
    NameRule(
        "Kermany et al. 2018",
        (
            re.compile(r"person(?P<number>\d+)_(?P<series>(?P<subtype>bacteria|virus))_"),
            re.compile(r"(?P<series>(?:NORMAL2-)?IM)-(?P<number>\d+)-"),
        ),
    ),
    NameRule(
        "drawn by Pneumoscope",
        (
            re.compile(r"drawn-person(?P<number>\d+)_(?P<series>(?P<subtype>bacteria|virus))_"),
            re.compile(r"drawn-(?P<series>IM)-(?P<number>\d+)-"),
        ),
    ),
    NameRule("NIH ChestX-ray14", (re.compile(r"(?P<number>\d{8})_\d{3}(?!\d)"),)),
)
_PATTERNS = [pattern for rule in RULES for pattern in rule.patterns]


def read_name(stem: str) -> NameFacts:
    """Return what the first rule that fits tells of a file name without its suffix.

    >>> read_name("person1000_bacteria_2931")
    NameFacts(patient='bacteria-1000', subtype='bacteria')
    >>> read_name("NORMAL2-IM-0383-0001").patient, read_name("00000013_005").patient
    ('NORMAL2-IM-0383', '00000013')
    >>> read_name("scan")
    NameFacts(patient='scan', subtype='')
    """
    for pattern in _PATTERNS:
        if match := pattern.match(stem):
            groups = pattern.groupindex
            series = f"{match['series']}-" if "series" in groups else ""
            subtype = match["subtype"] if "subtype" in groups else ""
            return NameFacts(f"{series}{match['number']}", subtype)
    return NameFacts(stem)
