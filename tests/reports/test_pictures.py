from dataclasses import replace

import cv2
import numpy as np

from tests.diagnosis.drawn_diagnosis import draw_diagnosis, draw_xray
from xray_core.diagnosis.gate import Concern
from xray_core.diagnosis.overlay import render_overlay
from xray_core.reports.pictures import add_lines, write_overlay

WARNING = "Do not rely on this overlay: " + "random maps find what it rests on as well; " * 4


def read_png(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def test_an_overlay_that_nobody_warned_of_is_the_overlay():
    xray, diagnosis = draw_xray(), draw_diagnosis()
    assert np.array_equal(read_png(write_overlay(xray, diagnosis)), render_overlay(xray, diagnosis))


def test_a_warning_stands_in_a_band_below_and_leaves_the_picture_alone():
    xray, diagnosis = draw_xray(), draw_diagnosis()
    warned = read_png(write_overlay(xray, diagnosis, WARNING))
    assert np.array_equal(warned[: xray.height], render_overlay(xray, diagnosis))
    band = warned[xray.height :]
    assert band.max() == 255
    assert band[:, -5:].max() == 0  # broken before the edge, not cut off by it


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
