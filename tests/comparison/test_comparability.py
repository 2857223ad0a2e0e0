"""Which figures may stand side by side, and why not."""

import hashlib

import pandas as pd
import pytest

from tests.comparison.made_models import (
    OFFICIAL,
    disturb,
    make_drawn_answers,
    make_model,
    read_official,
)
from xray_core.comparison.comparability import OFFICIAL_TEST, give_badge, why_not_comparable
from xray_core.comparison.predictions import load_predictions, read_predictions
from xray_core.datasets.split import fingerprint_names
from xray_core.datasets.synthetic import write_folder
from xray_core.model_store import DEFAULT_CLASSIFIER, read_classifier_card

pytestmark = pytest.mark.usefixtures("empty_workspace")


def badge_of(card, name):
    return give_badge(card, load_predictions(card, name))


def test_the_shipped_model_is_judged_on_the_official_test():
    card = read_classifier_card(DEFAULT_CLASSIFIER)
    predictions = load_predictions(card, OFFICIAL)
    assert predictions.fingerprint == OFFICIAL_TEST
    assert predictions.labels.sum() == 390
    assert len(predictions.table) == 624
    assert give_badge(card, predictions).standing == "official test"
    assert "Three earlier versions had been judged" in give_badge(card, predictions).caution


def test_the_official_test_is_known_by_its_pictures_whatever_its_name_and_order():
    shuffled = disturb(read_official(), seed=1).sample(frac=1, random_state=0)
    assert badge_of(make_model("own", {"test": shuffled}), "test").standing == "official test"


def test_other_pictures_of_the_same_hospital_are_a_re_split():
    some = read_official().iloc[::2]
    badge = badge_of(make_model("own", {"test": some}), "test")
    assert badge.standing == "re-split"
    assert "may have seen them" in badge.reason
    assert badge.caution == f"re-split. {badge.reason}"


def test_pictures_of_another_origin_are_different_data():
    badge = badge_of(make_model("own", {"test": make_drawn_answers()}), "test")
    assert (badge.standing, "40 pictures" in badge.reason) == ("different data", True)


def test_drawn_pictures_are_nobodys_although_named_alike(tmp_path):
    write_folder(tmp_path, {"test": (2, 2)}, size=32, seed=0, workers=0)
    files = [path.name for path in sorted((tmp_path / "test").rglob("*.*"))]
    answers = make_drawn_answers(len(files)).assign(file=files)
    assert badge_of(make_model("own", {"test": answers}), "test").standing == "different data"


@pytest.mark.parametrize(
    ("learnt", "words"),
    [
        (["NORMAL/IM-0001-0001.jpeg", "NORMAL/IM-0115-0001.jpeg"], "from 1 of these 624 pictures"),
        (None, "Nobody noted which pictures"),
    ],
)
def test_who_may_have_learnt_from_the_official_test_is_not_judged_on_it(learnt, words):
    badge = badge_of(make_model("own", {"test": read_official()}, learnt_from=learnt), "test")
    assert badge.standing == "may have seen it"
    assert words in badge.reason
    assert badge.caution == f"may have seen it. {badge.reason}"


def test_other_pictures_are_known_again_by_their_contents_and_not_by_their_names(tmp_path):
    files = [tmp_path / name for name in ("scan000.png", "another.png")]
    for number, path in enumerate(files):
        path.write_bytes(b"picture %d" % number)
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    answers = make_drawn_answers(2)
    for learnt, standing in ((files[0], "different data"), (files[1], "may have seen it")):
        judged = answers.assign(file_sha256=["0", hashes[1]])
        card = make_model("own", {"test": judged}, learnt_from=[str(learnt)])
        assert badge_of(card, "test").standing == standing


def test_a_model_without_answers_is_not_judged():
    assert give_badge(make_model("own", {}), None).standing == "not judged"
    assert give_badge(None, None).standing == "not judged"


def test_a_threshold_chosen_on_the_test_pictures_is_tuned_on_test():
    answers = make_drawn_answers()
    plain = read_classifier_card(DEFAULT_CLASSIFIER)
    training = plain.training.model_copy(
        update={"validation_images": 40, "split_fingerprint": fingerprint_names(answers["file"])}
    )
    badge = badge_of(make_model("own", {"test": answers}, training=training), "test")
    assert badge.standing == "tuned on test"
    assert badge.caution == f"tuned on test. {badge.reason}"
    told = plain.calibration.model_copy(update={"source": "624 test pictures"})
    badge = badge_of(make_model("other", {"test": answers}, calibration=told), "test")
    assert badge.standing == "tuned on test"


@pytest.mark.parametrize(
    ("validation", "words"),
    [("pictures", "shared patients with training"), ("val_folder", "nearly by chance")],
)
def test_a_weak_validation_is_named(validation, words):
    card = make_model("own", {"test": read_official()}, settings={"validation": validation})
    few = card.training.model_copy(update={"validation_images": 16})
    card = card.model_copy(update={"training": few})
    badge = badge_of(card, "test")
    assert badge.standing == "official test"
    assert words in badge.reason
    assert badge.reason == f"The official 624 test pictures. {badge.caution}"


def test_a_random_start_is_named_where_the_original_began_with_imagenet():
    began = make_model("own", {"test": read_official()}, settings={"initial_weights": "random"})
    for preset, named in (("b2-vgg19", True), ("b1-cnn", False)):
        facts = began.training.model_copy(update={"preset": preset})
        badge = badge_of(began.model_copy(update={"training": facts}), "test")
        assert ("Random start" in badge.reason) == named


def read(table: pd.DataFrame):
    return read_predictions(table.to_csv(index=False).encode(), "test")


def test_the_same_pictures_are_comparable_and_others_are_not():
    answers = make_drawn_answers()
    assert why_not_comparable(read(answers), read(disturb(answers, 3))) is None
    half = read(answers.iloc[:20])
    assert why_not_comparable(read(answers), half) == (
        "They were judged on different pictures: 40 and 20, of which 20 are the same. To compare "
        "them, judge both on one folder by the command evaluate --data FOLDER --model ID --record "
        "NAME."
    )
    turned = answers.assign(label=1 - answers["label"])
    assert "other labels or other contents" in why_not_comparable(read(answers), read(turned))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda table: table.drop(columns="label"), "label is missing"),
        (lambda table: table.assign(probability=7.0), "answers from 0 to 1"),
        (lambda table: table.assign(probability=float("nan")), "at least one"),
        (lambda table: table.assign(label=2), "labels of 0 and 1"),
    ],
)
def test_a_table_that_holds_no_answers_is_refused(harm, words):
    with pytest.raises(ValueError, match=words):
        read(harm(make_drawn_answers()))


def test_other_pictures_of_the_same_names_are_not_compared():
    answers = make_drawn_answers()
    plain, marked = (
        load_predictions(
            make_model(name, {"test": answers.assign(file_sha256=[name] * len(answers))}), "test"
        )
        for name in ("plain", "marked")
    )
    assert plain.fingerprint != marked.fingerprint
    assert why_not_comparable(plain, marked)


def test_a_model_that_says_one_thing_is_named():
    answers = make_drawn_answers()
    flat = answers.assign(probability=0.5 + 1e-8 * answers.index)
    assert "learnt nothing" in badge_of(make_model("flat", {"test": flat}), "test").reason
    assert "learnt nothing" not in badge_of(make_model("own", {"test": answers}), "test").reason


def test_the_official_test_is_known_at_any_size():
    answers = read_official()
    larger = make_model("own", {"test": answers.assign(file_sha256=["x"] * len(answers))})
    assert load_predictions(larger, "test").fingerprint == OFFICIAL_TEST
