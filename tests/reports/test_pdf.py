import re
from dataclasses import replace

import numpy as np
import pytest
from reportlab.platypus import Image, Paragraph, Table

from tests.diagnosis.drawn_diagnosis import draw_diagnosis, draw_xray
from tests.reports.made_report import FILE_HASH, make_report
from xray_core.about import DISCLAIMER, name_software
from xray_core.diagnosis.conformal import Cutoffs
from xray_core.errors import InvalidConfigError
from xray_core.reports.pdf import compose_page, write_pdf
from xray_core.reports.report import TypedDetails


def read_words(part) -> str:
    """All text of a flowable, or of a list or table of them."""
    match part:
        case Paragraph():
            return part.getPlainText(identify=True)
        case Table():
            return read_words([cell for row in part._cellvalues for cell in row])
        case list() | tuple():
            return "\n".join(read_words(each) for each in part)
    return ""


def read_pictures(report) -> list[np.ndarray]:
    """The pictures on the page, each uint8 RGB (H, W, 3)."""
    tables = [part for part in compose_page(report) if isinstance(part, Table)]
    cells = [cell for table in tables for row in table._cellvalues for cell in row]
    return [np.asarray(cell._img._image) for cell in cells if isinstance(cell, Image)]


def test_limits_that_decided_the_verdict_are_told():
    unsure = draw_diagnosis().decide_anew(Cutoffs(low=0.2, high=0.98, error_rate=0.05))
    words = read_words(compose_page(make_report(unsure)))
    assert "CANNOT TELL" in words
    assert "Probability of pneumonia 97.0 %; normal below 20.0 %, pneumonia from 98.0 %." in words


def test_the_page_says_all_that_is_needed_to_question_it():
    words = read_words(compose_page(make_report()))
    for expected in (
        "PNEUMONIA",
        "Probability of pneumonia 97 %; threshold 60 %.",
        "mainly in the left lower zone (> 99 %)",
        "Outside the lungs",
        "PNG, 400 × 300 pixels. The picture showed a negative; it was inverted.",
        "of 20 X-rays with pneumonia it found 19",
        "Not for adults.",
        "Knows <b>no</b> other disease.",
        "0" * 64,
        FILE_HASH,
        name_software(),
        "2026-11-21 09:30:00 UTC",
        DISCLAIMER,
    ):
        assert expected in words


def test_an_overlay_that_failed_its_checks_is_not_shown_without_saying_so():
    warned = replace(make_report(), overlay_warning="Do not rely on this overlay: it moves.")
    assert "Do not rely on this overlay" in read_words(compose_page(warned))
    assert "rely on this overlay" not in read_words(compose_page(make_report()))
    (plain, marked), (same, bare) = (read_pictures(each) for each in (warned, make_report()))
    assert np.array_equal(plain, same)
    red, green, blue = marked[marked.shape[0] // 2, -3].astype(int)
    assert red > 100 > max(green, blue)
    assert not np.array_equal(marked, bare)


def test_shares_stand_in_their_zones():
    words = read_words(compose_page(make_report())).splitlines()
    lower = words.index("Lower zone")
    assert words[lower + 1 : lower + 3] == ["0 %", "> 99 %"]


def test_without_evidence_no_share_is_claimed():
    cold = draw_diagnosis("normal", 0.01, np.full((224, 224), -1, np.float32))
    words = read_words(compose_page(make_report(cold)))
    assert "No positive evidence" in words
    assert words.count("–") == 7


def test_a_person_is_named_only_if_typed_in():
    typed = TypedDetails("Łukasz Żółć", "7-ж", "cough < 3 days & fever")
    with_name = read_words(compose_page(make_report(), typed))
    assert "Name\nŁukasz Żółć\nID\n7-ж\nComment\ncough < 3 days & fever" in with_name
    without = read_words(compose_page(make_report()))
    assert not {"Name", "ID", "Comment"} & set(without.splitlines())


@pytest.mark.parametrize("shape", [(300, 400), (2000, 90), (90, 2000)])
def test_it_is_one_page_whatever_the_picture_and_the_comment(shape):
    report = make_report(xray=draw_xray(*shape))
    report = replace(report, remarks=("A remark that takes a line of its own. " * 8,) * 6)
    pdf = write_pdf(report, TypedDetails("W" * 99, "8" * 60, "long " * 100))
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    assert len(re.findall(rb"/Subtype /Image\b", pdf)) == 2


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (TypedDetails("李明"), "明 李"),
        (TypedDetails("علي"), "ع"),
        (TypedDetails("", "", "a" * 999), "999"),
    ],
)
def test_what_the_page_cannot_show_is_refused(typed, expected):
    with pytest.raises(InvalidConfigError, match=expected):
        write_pdf(make_report(), typed)
