"""What a run is judged on, and that it goes on with the pictures it began with."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.datasets.drawn_folders import write_picture
from xray_core.datasets.folder import list_labelled_images
from xray_core.datasets.index import DatasetIndex, index_layout
from xray_core.datasets.layout import find_layout
from xray_core.errors import DatasetError
from xray_core.images.decode import decode_xray
from xray_core.images.xray import to_working_square
from xray_core.training import load_images as load_images_module
from xray_core.training import run as run_module
from xray_core.training.load_images import _make_room


def index_of(folder: Path, *pictures: str) -> DatasetIndex:
    """Return the index of a folder after adding some pictures."""
    for number, picture in enumerate(pictures):
        write_picture(folder / picture, seed=number)
    return index_layout(find_layout(folder), folder.parent / "kept", workers=1)


TRAINING = ("train/NORMAL/a.png", "train/PNEUMONIA/b.png")


def test_a_test_split_with_one_class_is_left_out_and_said(tmp_path: Path, capsys):
    both = index_of(tmp_path / "data", *TRAINING, "test/NORMAL/c.png", "test/PNEUMONIA/d.png")
    assert len(run_module._select_judged(both)) == 2
    one = index_of(tmp_path / "other", *TRAINING, "test/NORMAL/c.png")
    assert run_module._select_judged(one) == []
    assert "will not be judged" in capsys.readouterr().out


def test_a_run_goes_on_with_the_pictures_it_began_with_only(tmp_path: Path):
    history = pd.DataFrame()
    run = SimpleNamespace(folder=tmp_path, read_history=lambda: history)
    began = index_of(tmp_path / "data", *TRAINING)
    run_module._check_data(run, began)
    changed = index_of(tmp_path / "data", "train/NORMAL/new.png")
    run_module._check_data(run, changed)  # nothing was learnt yet

    history = pd.DataFrame({"loss": [0.5]})
    run_module._check_data(run, changed)
    more = index_of(tmp_path / "data", "train/NORMAL/newer.png")
    with pytest.raises(DatasetError, match="has changed since"):
        run_module._check_data(run, more)


@pytest.mark.parametrize("share", [1.0, 0.0])
def test_decoded_pictures_lie_in_memory_or_on_disk_by_what_is_free(tmp_path, monkeypatch, share):
    index_of(tmp_path / "data", *TRAINING)
    images = list_labelled_images(tmp_path / "data" / "train")
    monkeypatch.setattr(load_images_module, "_MEMORY_SHARE", share)
    loaded = load_images_module.load_images(images, None, tmp_path / "cache")
    assert isinstance(loaded.squares_uint8, np.memmap) == (share == 0.0)
    drawn = [
        to_working_square(decode_xray(image.path.read_bytes(), image.path.name)) for image in images
    ]
    np.testing.assert_array_equal(loaded.squares_uint8, np.rint(255 * np.stack(drawn)))


def test_what_another_run_is_decoding_is_not_cleared_away(tmp_path: Path):
    drafts = [tmp_path / f"{number}.draft-7" for number in range(6)]
    kept = [tmp_path / str(number) for number in range(6)]
    for folder in (*drafts, *kept):
        folder.mkdir()
    _make_room(tmp_path)
    assert all(draft.exists() for draft in drafts)
    assert sum(folder.exists() for folder in kept) == 3
