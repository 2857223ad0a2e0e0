"""What a file name tells of patient and subtype; the rules are data, one entry a data set."""

import re
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

# Files are named after the germ, classes after the disease.
KIND_OF_GERM = {"bacteria": "bacterial", "virus": "viral"}


@dataclass(frozen=True)
class NameRule:
    """How the files of one data set are named.

    Attributes:
        name: of the data set.
        patterns: regular expressions, tried in this order at the start of the name. The groups
            ``series`` and ``number`` together are the patient, ``subtype`` is the kind of disease;
            a group may be empty. No looking ahead or behind, which `read_names` would refuse.
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
            re.compile(r"person(?P<number>[0-9]+)_(?P<series>(?P<subtype>bacteria|virus))_"),
            re.compile(r"(?P<series>(?:NORMAL2-)?IM)-(?P<number>[0-9]+)-(?P<subtype>)"),
        ),
    ),
    NameRule(
        "drawn by Pneumoscope",
        (
            re.compile(r"drawn-person(?P<number>[0-9]+)_(?P<series>(?P<subtype>bacteria|virus))_"),
            re.compile(r"drawn-(?P<series>IM)-(?P<number>[0-9]+)-(?P<subtype>)"),
        ),
    ),
    NameRule(
        "NIH ChestX-ray14",
        (re.compile(r"(?P<series>)(?P<number>[0-9]{8})_[0-9]{3}(?:[^0-9]|$)(?P<subtype>)"),),
    ),
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
            series, number, subtype = match.group("series", "number", "subtype")
            return NameFacts(f"{series}-{number}" if series else number, subtype)
    return NameFacts(stem)


def is_kermany(stem: str) -> bool:
    """Return whether a file is named like those of Kermany et al. 2018, of which no two share one.

    >>> is_kermany("person1000_bacteria_2931"), is_kermany("drawn-person1_virus_2")
    (True, False)
    """
    return any(pattern.match(stem) for pattern in RULES[0].patterns)


def read_names(stems: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """Return patients and subtypes of many names, as `read_name` does; null where no rule fits."""
    patients = subtypes = pa.nulls(len(stems), pa.string())
    for pattern in _PATTERNS:
        facts = pc.extract_regex(stems, f"^{pattern.pattern}")
        series, number, subtype = (
            pc.struct_field(facts, name) for name in ("series", "number", "subtype")
        )
        joined = pc.binary_join_element_wise(series, number, "-")
        patients = pc.coalesce(patients, pc.if_else(pc.equal(series, ""), number, joined))
        subtypes = pc.coalesce(subtypes, subtype)
    return patients, subtypes
