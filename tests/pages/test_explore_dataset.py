"""The data page on small folders: every view, every source, and what can go wrong."""

import base64
import io
import json
import re
import time
import zipfile

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.datasets.drawn_folders import write_classes
from tests.datasets.fetched_set import FetchedSet
from tests.pages.conftest import APP, list_picture_urls
from ui.explore.sources import show_sources  # noqa: F401 - imported before the clock of a test runs
from xray_core.audit.reports import save_shortcuts
from xray_core.audit.shortcut_report import Shortcut, ShortcutReport
from xray_core.datasets.catalog import (
    add_dataset,
    choose_dataset,
    get_chosen_dataset,
    list_datasets,
)
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.resplit import load_split
from xray_core.datasets.synthetic import draw_xray, encode_png
from xray_core.glossary import read_glossary

VIEWS = ("Overview", "Pictures", "Findings", "Shortcuts", "Augmentation", "Split")

pytestmark = pytest.mark.usefixtures("empty_workspace")


@pytest.fixture
def data(tmp_path):
    return write_classes(tmp_path / "data", patients=8)


def index(folder):
    dataset = add_dataset(folder)
    choose_dataset(dataset.id)
    return index_layout(find_layout(folder), dataset.folder, workers=1)


def open_page():
    app = AppTest.from_file(APP, default_timeout=60).run()
    return settle(app.switch_page("pages/explore_dataset.py").run())


def settle(app, seconds=60):
    """Run the page until no job is under way."""
    end = time.monotonic() + seconds
    while any(button.label in ("Cancel", "Stopping…") for button in app.button):
        assert time.monotonic() < end, "the job takes too long"
        time.sleep(0.1)
        app.run()
    assert not app.exception, app.exception[0].message
    return app


def press(app, label):
    (button,) = [button for button in app.button if button.label == label]
    return settle(button.click().run())


def choose_view(app, view):
    return settle(app.segmented_control(key="explore_view").set_value(view).run())


def texts(app):
    shown = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.success]
    return "\n".join(element.value for element in shown)


def test_without_a_data_set_the_page_offers_four_sources():
    app = open_page()
    assert [button.label for button in app.button] == ["Draw them", "Open", "Download"]
    assert app.button(key="explore_open_folder").disabled
    assert "kept in the workspace" in texts(app)


def test_a_folder_is_read_and_stays_chosen(data):
    app = open_page()
    app.text_input(key="explore_path").set_value(str(data)).run()
    app = press(app, "Open")
    assert get_chosen_dataset().root == data
    assert app.segmented_control(key="explore_view").value == "Overview"
    assert open_page().selectbox(key="explore_dataset").value == get_chosen_dataset().id


@pytest.mark.parametrize("path", ["missing", "empty"])
def test_a_folder_without_pictures_gets_a_sentence(tmp_path, path):
    (tmp_path / "empty").mkdir()
    app = open_page()
    app.text_input(key="explore_path").set_value(str(tmp_path / path)).run()
    app = press(app, "Open")
    assert "Expected" in app.error[0].value
    assert not list_datasets()


@pytest.mark.parametrize(
    ("splits", "classes"),
    [
        (("train", "val", "test"), ("NORMAL", "PNEUMONIA")),
        (("",), ("NORMAL", "PNEUMONIA")),
        (("train",), ("NORMAL",)),
        (("train", "test"), ("NORMAL", "PNEUMONIA", "COVID")),
    ],
    ids=["usual", "no splits", "one class", "three classes"],
)
def test_every_view_works(tmp_path, splits, classes):
    index(write_classes(tmp_path / "data", 4, splits, classes))
    app = open_page()
    for view in VIEWS:
        choose_view(app, view)
        assert not app.exception, view


@pytest.mark.parametrize("view", ["Overview", "Findings", "Split"])
def test_a_view_explains_every_term_that_it_uses(data, view):
    index(data)
    app = choose_view(open_page(), view)
    told = {f"**{term.title}.** {term.text}": term.title for term in read_glossary().values()}
    explained = {told[text.value] for text in app.markdown if text.value in told}
    boxes = [
        *app.selectbox,
        *app.toggle,
        *app.slider,
        *app.number_input,
        *app.subheader,
        *app.pills,
    ]
    said = [getattr(box, "label", "") + str(getattr(box, "value", "")) for box in boxes]
    said += [option for box in app.selectbox for option in box.options]
    said += [line for line in texts(app).splitlines() if line not in told]
    used = {title for title in told.values() if re.search(rf"\b{title}\b", "\n".join(said), re.I)}
    assert len(used) > 3
    assert used <= explained


def test_a_folder_in_which_nothing_can_be_read_says_so(tmp_path):
    (tmp_path / "data" / "NORMAL").mkdir(parents=True)
    (tmp_path / "data" / "NORMAL" / "a.png").write_bytes(b"")
    index(tmp_path / "data")
    app = open_page()
    assert "No picture of this data set can be read" in texts(app)
    app = choose_view(app, "Findings")
    assert "cannot be read" in texts(app)


def test_filters_narrow_the_gallery(data):
    index(data)
    app = choose_view(open_page(), "Pictures")
    assert "32 pictures" in texts(app)
    app.pills[1].set_value(["PNEUMONIA"]).run()
    assert "16 pictures" in texts(app)
    app.pills[0].set_value(["test"]).run()
    assert "8 pictures" in texts(app)


def shown_rows(app):
    keys = [button.key or "" for button in app.button]
    return [int(found[1]) for key in keys if (found := re.fullmatch(r"explore_open_(\d+)", key))]


def test_the_gallery_is_sorted_and_turned_by_the_page(data):
    table = index(data).table
    app = choose_view(open_page(), "Pictures")
    first, left = shown_rows(app), app.number_input(key="explore_page").set_value(2).run()
    assert first == table.sort_values("path", kind="stable").index[:24].tolist()
    assert sorted(first + shown_rows(left)) == table.index.tolist()
    app.selectbox(key="explore_sort").set_value("contrast").run()
    app.toggle(key="explore_sort_down").set_value(True).run()
    app.number_input(key="explore_page").set_value(1).run()
    shown = table.loc[shown_rows(app), "contrast"]
    assert len(shown) == 24
    assert shown.is_monotonic_decreasing
    assert shown.min() >= table.drop(shown.index)["contrast"].max()


def test_the_sliders_of_the_augmentation_change_the_draws(data):
    index(data)
    app = choose_view(open_page(), "Augmentation")
    before = list_picture_urls(app)
    app.slider(key="explore_rotation_degrees").set_value(0.0).run()
    after = list_picture_urls(app)
    assert len(before) == len(after) == 8
    assert after[0] == before[0]  # the picture as it is
    assert not set(after[1:]) & set(before[1:])
    assert not set(list_picture_urls(turn_to(app, "explore_augment_seed", 1))[1:]) & set(after[1:])


def turn_to(app, key, value):
    return app.number_input(key=key).set_value(value).run()


def test_a_picture_opens_with_its_facts_and_closes(data):
    index(data)
    app = choose_view(open_page(), "Pictures")
    app.button(key="explore_open_0").click().run()
    facts = app.table[0].value["Value"]
    assert facts["Patient"] == "IM-0017"
    for name in ("Aspect ratio (width / height)", "Sharpness at 224 pixels"):
        assert len(re.sub(r"^[^1-9]*|\.", "", facts[name])) == 3, facts[name]
    assert facts["Size"].startswith("80 × 64 pixels")
    app = press(app, "All pictures")
    assert not app.table


def test_a_picture_opens_in_all_its_pixels_and_without_any_evidence(tmp_path):
    (tmp_path / "data" / "NORMAL").mkdir(parents=True)
    xray = draw_xray(seed=25, pneumonia=False, size=1500)
    (tmp_path / "data" / "NORMAL" / "a.png").write_bytes(encode_png(xray))
    index(tmp_path / "data")
    app = choose_view(open_page(), "Pictures")
    app.button(key="explore_open_0").click().run()
    (told,) = [found.proto.json for found in app.get("bidi_component") if found.proto.json]
    shown = json.loads(told)
    (view,), (pane,) = shown["views"], shown["panes"]
    assert (view["width"], view["height"]) == xray.pixels.shape[1::-1]
    assert not pane["evidence"]
    assert not view["heat"]
    sent = np.frombuffer(base64.b64decode(view["picture"].partition(",")[2]), np.uint8)
    sent = cv2.imdecode(sent, cv2.IMREAD_GRAYSCALE)
    assert np.abs(sent - 255.0 * xray.pixels).mean() < 2


def test_a_picture_is_diagnosed_one_click_on(tmp_path, model):
    (tmp_path / "data" / "NORMAL").mkdir(parents=True)
    xray = encode_png(draw_xray(seed=25, pneumonia=False, size=300))
    (tmp_path / "data" / "NORMAL" / "a.png").write_bytes(xray)
    index(tmp_path / "data")
    app = choose_view(open_page(), "Pictures")
    app.button(key="explore_open_0").click().run()
    app = press(app, "Diagnose")
    assert any("labelled NORMAL by the data set" in html.value for html in app.html)
    assert app.get("bidi_component")


def test_new_files_are_noticed_and_read_on_request(data):
    index(data)
    app = open_page()
    write_classes(data, patients=9)
    app = press(app, "Look for changes")
    assert "new, changed or not read yet" in texts(app)
    app = press(app, "Read them")
    assert "new, changed or not read yet" not in texts(app)
    assert len(get_chosen_dataset().open_index().table) > 32


def test_findings_name_their_evidence_and_what_to_do(data):
    first, second = sorted((data / "train" / "NORMAL").iterdir())[:2]
    second.write_bytes(first.read_bytes())
    index(data)
    app = choose_view(open_page(), "Findings")
    assert "Identical files" in texts(app)
    assert "What to do" in texts(app)
    assert any("Ask the models" in button.label for button in app.button)


def test_a_kept_shortcut_report_is_shown_with_its_sentences(data):
    told = index(data)
    entry = Shortcut(
        name="file_bytes",
        group="figure",
        title="File size",
        auc=0.83,
        low=0.8,
        high=0.86,
        strength="strong",
        sentence="File size alone tells the classes apart.",
    )
    report = ShortcutReport(
        shortcuts=(entry,), classes=("a", "b"), pictures=9, covered_pictures=0, note="How."
    )
    save_shortcuts(report, told)
    app = choose_view(open_page(), "Shortcuts")
    assert "File size alone tells the classes apart." in texts(app)
    assert not [button for button in app.button if button.label == "Measure the shortcuts"]


def test_a_proposed_split_is_kept_for_training(data):
    told = index(data)
    app = choose_view(open_page(), "Split")
    app.slider(key="explore_split_share").set_value(25).run()
    app = press(app, "Use this split for training")
    assert load_split(told) is not None
    assert "Training uses this split" in texts(app)


def test_a_zip_becomes_a_data_set(data):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in data.rglob("*.png"):
            archive.write(path, path.relative_to(data.parent))
    app = open_page()
    app.file_uploader[0].set_value(("chests.zip", packed.getvalue(), "application/zip"))
    settle(app.run())
    assert get_chosen_dataset().title == "chests"
    assert len(get_chosen_dataset().open_index().readable) == 32


def test_a_file_that_is_no_zip_gets_a_sentence_and_leaves_nothing():
    app = open_page()
    app.file_uploader[0].set_value(("chests.zip", b"not a zip", "application/zip"))
    app = settle(app.run())
    assert "zip" in app.error[0].value
    assert not list_datasets()


@pytest.fixture
def fetched(tmp_path, monkeypatch):
    return FetchedSet(tmp_path, monkeypatch)


def test_the_public_set_is_chosen_and_read_when_it_was_fetched(data, fetched):
    fetched.answer_with(f"return {str(data)!r}")
    app = press(open_page(), "Download")
    assert get_chosen_dataset().root == data
    assert get_chosen_dataset().title == "Chest X-rays (Kermany)"
    assert len(get_chosen_dataset().open_index().readable) == 32
    assert app.segmented_control(key="explore_view").value == "Overview"
    assert "Kermany et al. 2018, CC BY 4.0, Kaggle" in texts(app)


def test_without_internet_the_button_says_so_and_stays(fetched):
    fetched.cut_the_line()
    app = press(open_page(), "Download")
    (error,) = app.error
    assert "www.kaggle.com, got\\: Connection refused. Connect this computer" in error.value
    assert not list_datasets()
    assert "Download" in [button.label for button in app.button]


def test_a_download_that_is_cancelled_leaves_nothing(fetched):
    fetched.answer_with("import time; time.sleep(600)")
    app = open_page()
    app.button(key="explore_download").click().run()
    assert [bar.proto.text for bar in app.get("progress")] == ["Downloading: starting"]
    app = press(app, "Cancel")
    assert not app.error
    assert not list_datasets()
    assert "Download" in [button.label for button in app.button]


def test_forgetting_removes_what_was_kept_and_no_picture(data):
    told = index(data)
    app = press(open_page(), "Forget data")
    assert not told.folder.exists()
    assert len(list(data.rglob("*.png"))) == 32
    assert "Synthetic" in texts(app)


def test_a_forgotten_folder_can_be_opened_again(data):
    for _ in range(2):
        app = open_page()
        app.text_input(key="explore_path").set_value(str(data)).run()
        app = press(app, "Open")
        assert len(get_chosen_dataset().open_index().table) == 32
        press(app, "Forget data")


def test_a_folder_that_is_gone_gets_a_sentence_and_can_be_forgotten(data):
    index(data)
    data.rename(data.with_name("moved"))
    app = open_page()
    assert "Check the path" in app.error[0].value
    app = press(app, "Forget data")
    assert not app.error
