"""What a classifier makes of training X-rays is kept, and forgotten when they change."""

import cv2
import numpy as np
import pytest

from tests.audit.small_index import draw_texture, read_index, write_picture
from xray_core.datasets.synthetic import write_folder
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.diagnosis.similar import find_similar
from xray_core.errors import StoppedError
from xray_core.evaluation.lung_features import measure_lung_features, read_lung_features
from xray_core.images.decode import decode_xray


@pytest.fixture(scope="module")
def diagnoser():
    return load_diagnoser()


@pytest.fixture
def folder(tmp_path):
    """Three normals and three pneumonias to train on, one without lungs, and test pictures."""
    folder = tmp_path / "drawn"
    write_folder(folder, {"train": (3, 3), "test": (1, 1)}, 224, seed=2, workers=1)
    write_picture(folder / "train" / "NORMAL" / "IM-0999-0001.jpeg", cv2.flip(draw_texture(1), 0))
    return folder


def measure(index, diagnoser, should_stop=lambda: False):
    told = []
    table = measure_lung_features(
        index, diagnoser, lambda *done: bool(told.append(done)), should_stop
    )
    return table, told


def test_training_pictures_with_lungs_are_measured_and_kept(folder, diagnoser):
    index = read_index(folder)
    table, told = measure(index, diagnoser)
    assert set(table.rows["split"]) == {"train"}
    assert sorted(table.known.labels) == [0, 0, 0, 1, 1, 1]
    assert not table.rows["path"].str.contains("IM-0999").any()
    assert told[-1] == (7, 7)

    kept = read_lung_features(index, diagnoser)
    assert kept.rows["path"].tolist() == table.rows["path"].tolist()
    np.testing.assert_array_equal(kept.known.features, table.known.features)


def test_a_training_picture_is_most_similar_to_itself(folder, diagnoser):
    index = read_index(folder)
    table, _ = measure(index, diagnoser)
    path = table.rows["path"].iloc[4]
    diagnosis = diagnoser.diagnose(decode_xray((folder / path).read_bytes(), ""))
    nearest = find_similar(diagnosis.features, table.known)[0]
    assert table.rows["path"].iloc[nearest.place] == path
    assert nearest.similarity == pytest.approx(1, abs=1e-3)


def test_what_was_kept_of_other_files_is_not_used(folder, diagnoser):
    index = read_index(folder)
    assert read_lung_features(index, diagnoser) is None
    measure(index, diagnoser)
    next((folder / "train" / "NORMAL").iterdir()).unlink()
    assert read_lung_features(read_index(folder), diagnoser) is None


def test_it_can_be_stopped_and_keeps_nothing(folder, diagnoser):
    index = read_index(folder)
    with pytest.raises(StoppedError):
        measure(index, diagnoser, should_stop=lambda: True)
    assert read_lung_features(index, diagnoser) is None
