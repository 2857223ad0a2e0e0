"""Similar cases on the page: prototypes without pictures, or the chosen data set's own X-rays."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import APP
from ui.diagnoser import get_diagnoser
from xray_core.datasets.catalog import add_dataset, choose_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.samples import SAMPLES
from xray_core.datasets.synthetic import draw_sample, encode_png, write_folder

LOOK = "Compare with the training X-rays of A few drawn X-rays"


def open_panel() -> AppTest:
    """The shipped model's answer for a drawn pneumonia, and the panel opened."""
    get_diagnoser.clear()
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/diagnose.py").run()
    xray = encode_png(draw_sample(SAMPLES[-1]))
    app.file_uploader[0].set_value(("chest.png", xray, "image/png")).run()
    app.segmented_control("diagnose_question").set_value("Similar cases").run()
    assert not app.exception
    return app


def read_text(app: AppTest) -> str:
    return " ".join(text.value for text in [*app.markdown, *app.caption])


@pytest.mark.usefixtures("empty_workspace")
def test_without_a_data_set_prototypes_stand_for_the_training_xrays():
    app = open_panel()
    assert "training X-rays, chosen to stand for all of them" in read_text(app)
    cases = app.dataframe[0].value
    assert len(cases) == 5
    assert cases["Similarity"].is_monotonic_decreasing
    sick = (cases["Label"] == "pneumonia").sum()
    assert f"{sick} are labelled pneumonia" in read_text(app)


@pytest.mark.usefixtures("empty_workspace")
@pytest.mark.parametrize("trouble", ["unfinished", "changed", "gone"])
def test_a_data_set_that_cannot_be_used_leaves_the_prototypes(tmp_path, trouble):
    folder = tmp_path / "drawn"
    write_folder(folder, {"train": (1, 1)}, 224, seed=2, workers=1)
    dataset = add_dataset(folder, "A few drawn X-rays")
    if trouble != "unfinished":
        index_layout(find_layout(folder), dataset.folder, workers=1)
    choose_dataset(dataset.id)
    if trouble == "changed":
        (folder / "train" / "NORMAL" / "new.png").write_bytes(encode_png(draw_sample(SAMPLES[0])))
    if trouble == "gone":
        folder.rename(tmp_path / "elsewhere")

    app = open_panel()
    assert not app.error
    assert "training X-rays, chosen to stand for all of them" in read_text(app)
    assert "A few drawn X-rays is not used here" in read_text(app)


@pytest.mark.usefixtures("empty_workspace")
def test_with_a_data_set_its_training_xrays_are_looked_at_once_and_shown(tmp_path):
    folder = tmp_path / "drawn"
    write_folder(folder, {"train": (3, 4), "test": (2, 2)}, 224, seed=2, workers=1)
    dataset = add_dataset(folder, "A few drawn X-rays")
    index_layout(find_layout(folder), dataset.folder, workers=1)
    choose_dataset(dataset.id)

    app = open_panel()
    (look,) = [button for button in app.button if button.label == LOOK]
    look.click().run()
    end = time.monotonic() + 60
    while "the training X-rays of A few drawn X-rays: " not in read_text(app):
        assert time.monotonic() < end, read_text(app)
        time.sleep(0.1)
        app.run()

    shown = [image.proto.imgs[0] for image in app.get("image")]
    assert len(shown) == 5
    assert all("similarity" in image.caption for image in shown)
    assert all("train/" in image.caption for image in shown)
    assert LOOK not in [button.label for button in open_panel().button]
