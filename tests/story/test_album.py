"""Which X-rays the story shows, and when they are real ones."""

from pathlib import PurePath

import pandas as pd
import pytest

from tests.audit.small_index import read_index
from tests.comparison.made_models import make_model
from xray_core.datasets.synthetic import write_folder
from xray_core.story.album import draw_album, open_album

# Of the test pictures in the order of the index: their probabilities, the threshold being .4.
_NORMAL = (0.01, 0.2, 0.3, 0.9, 0.6)  # two false alarms
_PNEUMONIA = (0.99, 0.95, 0.5, 0.1)  # one a close call, one missed


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("album") / "drawn"
    counts = {"train": (2, 2), "test": (len(_NORMAL), len(_PNEUMONIA))}
    write_folder(folder, counts, 96, 7, workers=1)
    return read_index(folder)


@pytest.fixture
def answers(index):
    rows = index.readable[index.readable["split"] == "test"]
    ill = rows["label"] == "PNEUMONIA"
    table = pd.DataFrame({"file": rows["path"].map(lambda path: PurePath(path).name)})
    table["patient"] = table["file"]
    table["label"] = ill.astype(int)
    table["probability"] = 0.0
    table.loc[~ill, "probability"] = _NORMAL
    table.loc[ill, "probability"] = _PNEUMONIA
    return table.assign(
        called=(table["probability"] >= 0.4).astype(int), evidence_in_lungs=0.9, error=""
    )


def file_with(answers, probability):
    return answers.loc[answers["probability"] == probability, "file"].item()


@pytest.mark.usefixtures("empty_workspace")
class TestRealPictures:
    def test_the_surest_right_ones_open_the_story(self, index, answers):
        album = open_album(index, make_model("judged", {"test": answers}), None)
        assert album.is_real
        assert album.normal.name == file_with(answers, 0.01)
        assert album.pneumonia.name == file_with(answers, 0.99)
        path = next(path for path in index.table["path"] if path.endswith(album.normal.name))
        assert album.normal.data == (index.root / path).read_bytes()

    def test_a_false_alarm_is_voted_on(self, index, answers):
        album = open_album(index, make_model("judged", {"test": answers}), None)
        assert [picture.label for picture in album.votes] == ["pneumonia", "normal", "normal"]
        assert album.votes[1].name in {file_with(answers, 0.9), file_with(answers, 0.6)}

    def test_mistakes_come_the_surest_first(self, index, answers):
        album = open_album(index, make_model("judged", {"test": answers}), None)
        surest_first = [file_with(answers, each) for each in (0.9, 0.1, 0.6)]
        assert {picture.name for picture in album.judged[:2]} == set(surest_first[:2])
        assert album.judged[2].name == surest_first[2]
        assert len(album.judged) == 3

    def test_the_studied_one_is_no_close_call_and_has_least_of_the_others_evidence_in_the_lungs(
        self, index, answers
    ):
        away = file_with(answers, 0.95)
        theirs = answers.copy()
        theirs.loc[theirs["file"] == away, "evidence_in_lungs"] = 0.02
        theirs.loc[theirs["file"] == file_with(answers, 0.5), "evidence_in_lungs"] = 0.01
        card, other = (make_model(*each) for each in self._models(answers, theirs))
        assert open_album(index, card, other).studied.name == away

    def test_one_that_only_a_model_gets_right_is_not_studied(self, index, answers):
        theirs = answers.copy()
        missed = theirs["file"] == file_with(answers, 0.95)
        theirs.loc[missed, ["evidence_in_lungs", "probability"]] = (0.02, 0.01)
        card, other = (make_model(*each) for each in self._models(answers, theirs))
        assert open_album(index, card, other).studied.name == file_with(answers, 0.99)

    def test_the_covered_one_is_normal_for_both_and_turned_by_the_cover(self, index, answers):
        theirs = answers.assign(probability_rest_covered=0.1, probability_lungs_covered=0.9)
        turned = file_with(answers, 0.3)
        theirs.loc[theirs["file"] == turned, "probability_rest_covered"] = 0.9
        card, other = (make_model(*each) for each in self._models(answers, theirs))
        assert open_album(index, card, other).covered.name == turned
        assert open_album(index, card, None).covered.label == "normal"

    def test_other_pictures_than_the_judged_ones_are_not_taken(self, index, answers):
        card = make_model("judged", {"test": answers[:-1]})
        assert open_album(index, card, None) is None

    @staticmethod
    def _models(answers, theirs):
        return ("judged", {"test": answers}), ("whole-pictures", {"test": theirs})


def test_drawn_pictures_say_so_and_the_pair_is_one_child():
    album = draw_album()
    assert not album.is_real
    assert "no real X-ray" in album.source
    assert (album.normal.label, album.pneumonia.label) == ("normal", "pneumonia")
    assert {picture.label for picture in album.votes} == {"normal", "pneumonia"}
    assert album.normal.data != album.pneumonia.data
