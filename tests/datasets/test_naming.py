"""Patients and subtypes from file names, one by one and all at once."""

import pyarrow as pa
import pytest

from xray_core.datasets.naming import NameFacts, read_name, read_names

STEMS = [
    "person1000_bacteria_2931",
    "drawn-person7_virus_12",
    "NORMAL2-IM-0115-0001",
    "drawn-IM-0003-0001",
    "00000013_005",
    "00000013_005_crop",
    "00000013_0051",
    "person\u0663_virus_1",  # a digit, but not of ours
    "person1_fungus_2",
    "an IM-0115-0001",
    "IM-0115-\n0001",
    "",
]


@pytest.mark.parametrize(
    ("stem", "patient"),
    [
        ("person1000_bacteria_2931", "bacteria-1000"),
        ("person1000_virus_1681", "virus-1000"),
        ("IM-0115-0001", "IM-0115"),
        ("IM-0115-0001-0002", "IM-0115"),
        ("NORMAL2-IM-0115-0001", "NORMAL2-IM-0115"),
        ("chest", "chest"),
    ],
)
def test_patient_is_series_and_number(stem, patient):
    assert read_name(stem).patient == patient


def test_many_names_tell_what_each_alone_does():
    told = zip(*(column.to_pylist() for column in read_names(pa.array(STEMS))), strict=True)
    together = [
        NameFacts(stem) if patient is None else NameFacts(patient, subtype)
        for stem, (patient, subtype) in zip(STEMS, told, strict=True)
    ]
    assert together == [read_name(stem) for stem in STEMS]
    assert sum(patient != stem for stem, (patient, _) in zip(STEMS, together, strict=True)) == 7


def test_no_names_are_no_trouble():
    patients, subtypes = read_names(pa.array([], pa.string()))
    assert (len(patients), len(subtypes)) == (0, 0)
