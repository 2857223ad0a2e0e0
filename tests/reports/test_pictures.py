from dataclasses import replace

import cv2
import numpy as np

from tests.diagnosis.drawn_diagnosis import draw_diagnosis, draw_xray
from xray_core.diagnosis.gate import Concern
from xray_core.diagnosis.overlay import render_overlay
from xray_core.reports.pictures import add_lines, draw_pair, warn_across, write_overlay

WARNING = "Do not rely on this overlay: " + "random maps find what it rests on as well; " * 4

BAND_COLOUR = (156, 28, 18)


def read_png(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def test_an_overlay_that_nobody_warned_of_is_the_overlay():
    xray, diagnosis = draw_xray(), draw_diagnosis()
    assert np.array_equal(read_png(write_overlay(xray, diagnosis)), render_overlay(xray, diagnosis))


def test_a_warning_stands_in_a_red_band_across_the_overlay():
    xray, diagnosis = draw_xray(), draw_diagnosis()
    bare = render_overlay(xray, diagnosis)
    warned = read_png(write_overlay(xray, diagnosis, WARNING))
    assert warned.shape == bare.shape
    changed = np.flatnonzero((warned != bare).any(axis=(1, 2)))
    top, bottom = changed[0], changed[-1]
    assert top < xray.height / 2 < bottom
    band = warned[top : bottom + 1]
    assert (band[:, -5:] == BAND_COLOUR).all()  # the words are broken before the edge
    assert (band == 255).all(axis=2).any()


def test_a_picture_as_flat_as_its_warning_is_still_marked():
    flat = np.zeros((20, 400, 3), np.uint8)
    assert (warn_across(flat, WARNING)[:, -1] == BAND_COLOUR).all()


def test_report_and_archive_get_the_warned_overlay_and_the_xray_as_it_was():
    xray, diagnosis = draw_xray(), draw_diagnosis()
    plain, warned = draw_pair(xray, diagnosis, WARNING)
    assert np.array_equal(plain, draw_pair(xray, diagnosis)[0])
    assert np.array_equal(warned, read_png(write_overlay(xray, diagnosis, WARNING)))


def test_what_speaks_against_judging_the_picture_goes_with_it():
    diagnosis = replace(draw_diagnosis(), concerns=(Concern("mirrored", "It may be mirrored."),))
    warned = read_png(write_overlay(draw_xray(), diagnosis))
    assert warned[draw_xray().height :].max() == 255


def test_each_line_takes_its_room():
    picture = np.zeros((100, 400, 3), np.uint8)
    one, two, long = (
        add_lines(picture, lines).shape[0] for lines in (["One."], ["One.", "Two."], [WARNING])
    )
    assert 100 < one < two < long
