"""The log of what was read first: who agreed, and nothing about the patient."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from xray_core.diagnosis.reading_log import (
    LoggedReading,
    describe_agreement,
    draw_agreement,
    for_spreadsheets,
    tabulate_log,
)


def entry(reading: str = "normal", verdict: str = "normal", note: str = "") -> LoggedReading:
    return LoggedReading(
        time=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        image_sha256="ab" * 32,
        reading=reading,
        reading_zones=("left lower",) if reading == "pneumonia" else (),
        model_id="lungs-only",
        verdict=verdict,
        probability=0.123456,
        verdict_zones=("left lower", "left middle"),
        judgement="agree",
        note=note,
    )


@pytest.mark.parametrize(
    ("reading", "verdict", "agrees"),
    [
        ("normal", "normal", True),
        ("pneumonia", "normal", False),
        ("unsure", "pneumonia", None),
        ("normal", "cannot tell", None),
    ],
)
def test_agreement_needs_a_clear_answer_of_both(reading, verdict, agrees):
    assert entry(reading, verdict).agrees is agrees


def test_agreement_is_told_in_counts():
    log = [entry(), entry("pneumonia"), entry("unsure")]
    assert describe_agreement(log).startswith("You and the model agreed on 1 of 2 X-rays. 1 more")
    assert describe_agreement([entry("unsure")]).startswith("No X-ray yet")


def test_agreement_over_time_is_the_share_so_far():
    log = [entry(), entry("unsure"), entry("pneumonia"), entry(), entry()]
    points = draw_agreement(log).data[0]
    assert list(points.x) == [1, 2, 3, 4]
    assert list(points.y) == pytest.approx([100, 50, 200 / 3, 75])


def test_the_table_has_a_row_for_each_reading_and_reads_back_from_csv(tmp_path):
    table = tabulate_log([entry("pneumonia", "normal", note='he said "left", twice')])
    table.to_csv(tmp_path / "log.csv", index=False)
    row = pd.read_csv(tmp_path / "log.csv", keep_default_na=False).iloc[0]
    assert row["time"] == "2024-05-06T07:08:09+00:00"
    assert row["reading_zones"] == "left lower"
    assert row["verdict_zones"] == "left lower, left middle"
    assert row["agreement"] == "no"
    assert row["note"] == 'he said "left", twice'
    assert row["probability"] == 0.1235


@pytest.mark.parametrize("note", ["=1+1", "+1", "-1", "@sum"])
def test_no_note_is_a_formula_in_a_spreadsheet(note):
    exported = for_spreadsheets(tabulate_log([entry(note=note), entry(note="fine")]))
    assert exported["note"].tolist() == [f"'{note}", "fine"]
