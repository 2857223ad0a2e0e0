import gc
import weakref
from dataclasses import replace
from html import unescape

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.diagnosis.drawn_diagnosis import draw_diagnosis, draw_xray
from tests.images.drawn_files import draw_chest, make_dataset, save_dicom
from tests.pages.answering_model import AnsweringModel
from tests.reports.made_report import PATIENT_ID, make_source_file
from xray_core.datasets.samples import SAMPLES
from xray_core.diagnosis.conformal import ConformalScores
from xray_core.diagnosis.gate import Concern
from xray_core.diagnosis.track_record import ADULTS
from xray_core.errors import IncompatibleModelError, LungsNotFoundError
from xray_core.model_card import Measurement


def test_page_opens_with_drop_zone_samples_and_first_steps(app: AppTest):
    assert not app.exception
    assert "pneumonia" in app.title[0].value
    assert len(app.file_uploader) == 1
    assert [button.label for button in app.button] == [sample.name for sample in SAMPLES]
    assert any("neither stored nor sent on" in text.value for text in app.markdown)


def test_a_dropped_xray_gets_verdict_sentence_table_and_limits(app: AppTest):
    _drop(app, "chest.png", _png())

    card = _read_card(app)
    for expected in (
        "PNEUMONIA",
        "97 %",
        "threshold 60 %",
        "Evidence for pneumonia lies mainly in the left lower zone (> 99 %)",
        "Outside the lungs",
        "Guangzhou",
        "Not for adults.",
        "Not a medical device.",
        "chest.png · PNG, 400 × 300",
    ):
        assert expected in card
    assert app.get("bidi_component")
    assert not app.error


def test_the_models_record_is_told_in_counts_beside_the_verdict(app: AppTest):
    _drop(app, "chest.png", _png())

    expected = "of 20 X-rays with pneumonia it found 19; of 10 normal ones it called 3 pneumonia"
    assert expected in _read_card(app)


def test_how_the_model_did_on_adults_is_told_where_it_was_measured(
    app: AppTest, model: AnsweringModel
):
    counts = {"tn": 3, "fp": 1, "fn": 2, "tp": 5}
    adults = Measurement(data="drawn", n=11, figures={}, confusion=counts)
    model.card = replace(model.card, measurements={**model.card.measurements, ADULTS: adults})
    _drop(app, "chest.png", _png())

    assert "Measured (drawn test): of 20 X-rays with pneumonia" in _read_card(app)
    assert f"Measured ({ADULTS}): of 7 X-rays with pneumonia it found 5" in _read_card(app)


def test_what_a_file_or_card_says_is_shown_and_not_run(app: AppTest):
    _drop(app, "<img src=x onerror=alert(1)>.png", _png())

    assert "<img" not in app.html[0].value
    assert "<b>no</b>" not in app.html[0].value


def test_a_normal_xray_without_evidence_says_so(app: AppTest, model: AnsweringModel):
    model.answer = draw_diagnosis("normal", 0.004, heatmap=np.full((224, 224), -1, np.float32))
    _drop(app, "chest.png", _png())

    card = _read_card(app)
    assert "NORMAL" in card
    assert "< 1 %" in card
    assert "No positive evidence: nothing in this picture speaks for pneumonia." in card


def test_a_text_file_gets_a_sentence_and_the_drop_zone_stays(app: AppTest, model: AnsweringModel):
    _drop(app, "letter.txt", b"Dear colleague, thank you for referring this patient.")

    assert len(app.error) == 1
    assert not app.exception
    assert not app.html
    assert len(app.file_uploader) == 1
    assert model.asked == 0


def test_an_empty_file_gets_a_sentence(app: AppTest):
    _drop(app, "empty.png", b"")

    assert len(app.error) == 1
    assert not app.exception


def test_after_an_error_the_next_file_is_read(app: AppTest):
    _drop(app, "letter.txt", b"Dear colleague")
    _drop(app, "chest.png", _png())

    assert not app.error
    assert "PNEUMONIA" in _read_card(app)


def test_a_picture_without_two_lungs_gets_the_words_of_the_core(
    app: AppTest, model: AnsweringModel
):
    model.answer = LungsNotFoundError("Expected both lungs, found *one* lung_field: look again.")
    _drop(app, "hand.png", _png())

    assert app.error[0].value.replace("\\", "") == str(model.answer)
    assert not app.html


def test_an_altered_model_is_an_error_on_the_page(app: AppTest, model: AnsweringModel):
    model.answer = IncompatibleModelError("The file serving.tflite was altered.")
    _drop(app, "chest.png", _png())

    assert "altered" in app.error[0].value


def test_every_sample_is_shown_as_drawn_by_a_program(app: AppTest):
    for number, sample in enumerate(SAMPLES, start=1):
        app.button(f"diagnose_try_{number}").click().run()
        assert not app.exception
        assert sample.sentence in _read_card(app)
        app.button[0].click().run()
        assert app.button(f"diagnose_try_{number}")


def test_a_file_takes_the_place_of_a_sample_and_a_sample_that_of_a_file(app: AppTest):
    app.button("diagnose_try_1").click().run()
    _drop(app, "chest.png", _png())
    assert "chest.png" in _read_card(app)

    app.file_uploader[0].set_value(None).run()
    app.button("diagnose_try_1").click().run()
    assert SAMPLES[0].name in _read_card(app)
    assert app.file_uploader[0].value is None


def test_the_same_file_is_judged_once(app: AppTest, model: AnsweringModel):
    _drop(app, "chest.png", _png())
    app.run()

    assert model.asked == 1


@pytest.mark.parametrize("then", ["another file", "a broken file", "no file"])
def test_an_xray_is_forgotten_with_the_next_choice(app: AppTest, then: str):
    _drop(app, "chest.png", _png())
    reading = weakref.ref(app.session_state["diagnose_reading"][1])

    if then == "no file":
        app.file_uploader[0].set_value(None).run()
    else:
        _drop(app, "next.png", _png(0.5) if then == "another file" else b"broken")
    gc.collect()

    assert reading() is None


def test_overlay_and_report_can_be_downloaded(app: AppTest):
    _drop(app, "chest.png", _png())

    assert _read_downloads(app) == ["Overlay as PNG", "Report as JSON"]
    _make_pdf(app)
    assert _read_downloads(app)[2:] == ["Save the PDF"]


def test_a_made_pdf_stays_whatever_is_pressed_until_the_answer_changes(
    app: AppTest, model: AnsweringModel
):
    overlapping = ConformalScores(np.linspace(0.01, 0.99, 99), np.linspace(0.02, 1, 99))
    model.scores = overlapping
    model.answer = draw_diagnosis(probability=0.97).decide_anew(overlapping.choose_cutoffs(0.05))
    _drop(app, "chest.png", _png())
    _make_pdf(app)
    app.slider("diagnose_prevalence_percent").set_value(30).run()
    assert "Save the PDF" in _read_downloads(app)

    app.slider("diagnose_error_percent").set_value(1).run()
    assert "Save the PDF" not in _read_downloads(app)


def test_a_dicom_file_can_be_answered_in_its_own_study(app: AppTest):
    _drop(app, "scan.dcm", make_source_file())

    assert _read_downloads(app)[2:] == ["Overlay as DICOM", "Report as DICOM"]
    assert app.table[0].value.loc["Modality"].item() == "CR"
    shown = app.table[0].value.to_string()
    assert not {"2022", "2026", PATIENT_ID, "Adams"} & set(shown.split())


def test_a_dicom_file_without_a_study_is_told_why_no_archive_would_take_the_answer(app: AppTest):
    _drop(app, "scan.dcm", save_dicom(make_dataset(draw_chest())))

    assert "StudyInstanceUID" in app.error[0].value
    assert len(_read_downloads(app)) == 2


def test_letters_that_the_report_lacks_are_refused_before_the_download(app: AppTest):
    _drop(app, "chest.png", _png())
    app.text_input[0].input("李明")
    _make_pdf(app)

    assert "明" in app.error[0].value
    assert len(_read_downloads(app)) == 2


def test_what_was_typed_for_one_xray_is_gone_with_the_next(app: AppTest):
    _drop(app, "chest.png", _png())
    app.text_input[0].input("Ann Example")
    _make_pdf(app)
    assert app.text_input[0].value == "Ann Example"
    _drop(app, "next.png", _png(0.5))

    assert app.text_input[0].value == ""
    assert "Ann Example" not in repr(app.session_state)


def _drop(app: AppTest, name: str, data: bytes) -> None:
    app.file_uploader[0].set_value((name, data, "application/octet-stream")).run()


def _make_pdf(app: AppTest) -> None:
    next(button for button in app.button if button.label == "Make the PDF").click().run()


def _read_downloads(app: AppTest) -> list[str]:
    assert not app.exception
    return [button.proto.label for button in app.get("download_button")]


def _read_card(app: AppTest) -> str:
    assert not app.exception
    return unescape(app.html[0].value)


def _png(shade: float = 1.0) -> bytes:
    return cv2.imencode(".png", draw_xray().pixels * 255 * shade)[1].tobytes()


def test_a_concern_stands_before_the_answer_until_it_is_passed(app: AppTest, model: AnsweringModel):
    concern = Concern("mirrored", "The heart seems to lie on the wrong side.")
    model.answer = replace(draw_diagnosis(), concerns=(concern,))
    _drop(app, "chest.png", _png())

    assert [warning.value for warning in app.warning] == [concern.sentence]
    assert not app.html

    app.button("diagnose_go_on").click().run()
    assert "PNEUMONIA" in _read_card(app)
    assert [warning.value for warning in app.warning] == [concern.sentence]


def test_going_on_holds_for_one_picture_only(app: AppTest, model: AnsweringModel):
    concern = Concern("blurred", "The lungs are less sharp.")
    model.answer = replace(draw_diagnosis(), concerns=(concern,))
    _drop(app, "chest.png", _png())
    app.button("diagnose_go_on").click().run()
    _drop(app, "next.png", _png(0.5))

    assert not app.html


def test_fewer_allowed_errors_turn_a_verdict_into_cannot_tell(app: AppTest, model: AnsweringModel):
    overlapping = ConformalScores(np.linspace(0.01, 0.99, 99), np.linspace(0.02, 1, 99))
    model.scores = overlapping
    model.answer = draw_diagnosis(probability=0.97).decide_anew(overlapping.choose_cutoffs(0.05))
    _drop(app, "chest.png", _png())
    assert "PNEUMONIA" in _read_card(app)
    assert "judged on no test pictures" in " ".join(text.value for text in app.markdown)
    assert "diagnose_show_record" not in [toggle.key for toggle in app.toggle]

    app.slider("diagnose_error_percent").set_value(1).run()
    assert "CANNOT TELL" in _read_card(app)
