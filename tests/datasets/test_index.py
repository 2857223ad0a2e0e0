"""The index: figures of every file, kept, and only what changed is read again."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.datasets.drawn_folders import write_classes, write_picture
from xray_core.datasets import index as index_module
from xray_core.datasets import map_chunks
from xray_core.datasets.index import TABLE_FILE, index_layout, open_index, read_histograms
from xray_core.datasets.layout import find_layout
from xray_core.datasets.measure import hash_appearance, measure_file
from xray_core.datasets.synthetic import draw_xray
from xray_core.images.decode import decode_xray
from xray_core.images.xray import to_working_square


@pytest.fixture
def data(tmp_path):
    return write_classes(tmp_path / "data", patients=3)


def build(data, tmp_path, **arguments):
    return index_layout(find_layout(data), tmp_path / "kept", workers=1, **arguments)


def test_every_file_has_its_figures(data, tmp_path):
    index = build(data, tmp_path)
    row = index.table.iloc[0]
    path = data / row["path"]
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert len(index.table) == 12
    assert row["path"] == "test/NORMAL/IM-0007-0001.png"
    assert (row["split"], row["label"], row["patient"]) == ("test", "NORMAL", "IM-0007")
    assert (row["width"], row["height"], row["mode"], row["format"]) == (80, 64, "L", "PNG")
    assert row["file_bytes"] == path.stat().st_size
    assert row["content_hash"] == hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    assert row["mean"] == pytest.approx(picture.mean() / 255, abs=0.01)
    assert row["contrast"] == pytest.approx(picture.std() / 255, abs=0.02)
    assert read_histograms(index.table).sum(axis=1).tolist() == [224 * 224] * 12


@pytest.mark.parametrize(("height", "width"), [(1347, 1800), (2100, 905), (448, 447)])
def test_a_large_picture_is_measured_as_its_working_square_is(tmp_path, height, width):
    drawn = draw_xray(seed=3, pneumonia=True, size=448).pixels
    path = tmp_path / "large.png"
    cv2.imwrite(str(path), np.rint(cv2.resize(drawn, (width, height)) * 255).astype(np.uint8))
    large, direct = measure_file(path), to_working_square(decode_xray(path.read_bytes()))
    cv2.imwrite(str(path), np.rint(direct * 255).astype(np.uint8))
    square = measure_file(path)
    for name in ("mean", "contrast", "border", "sharpness"):
        assert getattr(large, name) == pytest.approx(getattr(square, name), rel=0.02), name
    assert (large.perceptual_hash ^ square.perceptual_hash).bit_count() <= 2
    assert (large.width, large.height) == (width, height)
    thumbnail = cv2.imdecode(np.frombuffer(large.thumbnail, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert max(thumbnail.shape) == 160
    assert thumbnail.shape[0] / thumbnail.shape[1] == pytest.approx(height / width, rel=0.02)


def test_the_border_is_the_outermost_frame(tmp_path):
    picture = np.zeros((224, 224), np.uint8)
    picture[8:-8, 8:-8] = np.arange(208)
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    assert measure_file(tmp_path / "a.png").border == 0
    picture[0] = 255
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    frame = 224**2 - 208**2
    assert measure_file(tmp_path / "a.png").border == pytest.approx(224 / frame, rel=1e-4)


def test_blurring_lowers_sharpness(tmp_path):
    sharp = write_picture(tmp_path / "sharp.png", height=224, width=224)
    noise = np.random.default_rng(0).normal(0, 20, (224, 224))
    picture = np.clip(cv2.imread(str(sharp), cv2.IMREAD_GRAYSCALE) + noise, 0, 255)
    cv2.imwrite(str(sharp), picture.astype(np.uint8))
    cv2.imwrite(str(tmp_path / "soft.png"), cv2.GaussianBlur(picture, (0, 0), 2).astype(np.uint8))
    assert measure_file(tmp_path / "soft.png").sharpness < measure_file(sharp).sharpness / 2


def test_a_second_visit_reads_nothing(data, tmp_path, monkeypatch):
    first = build(data, tmp_path)
    monkeypatch.setattr(index_module, "measure_files", lambda *told: pytest.fail("read again"))
    second = build(data, tmp_path)
    assert second.table.equals(first.table)
    assert second.fingerprint == first.fingerprint


def test_only_what_changed_is_read_again(data, tmp_path):
    before = build(data, tmp_path)
    changed, removed = (data / path for path in before.table["path"][:2])
    write_picture(changed, seed=99)
    os.utime(changed, ns=(1, 1))
    removed.unlink()
    write_picture(data / "train/NORMAL/new.png", seed=98)
    index, new = open_index(find_layout(data), tmp_path / "kept")
    assert sorted(new["path"]) == [
        "test/NORMAL/IM-0007-0001.png",
        "train/NORMAL/new.png",
    ]
    assert len(index.table) == 10
    after = build(data, tmp_path)
    assert len(after.table) == 12
    assert after.fingerprint != before.fingerprint
    assert after.table["path"].tolist() == find_layout(data).files["path"].tolist()
    assert len(cv2.imdecode(np.frombuffer(after.read_thumbnails(after.table)[0], np.uint8), 0))


def test_unreadable_files_are_listed_with_their_reason(data, tmp_path):
    (data / "train/NORMAL/empty.png").write_bytes(b"")
    (data / "train/NORMAL/page.png").write_bytes(b"<html>")
    whole = (data / "train/NORMAL/IM-0001-0001.png").read_bytes()
    (data / "train/NORMAL/half.png").write_bytes(whole[: len(whole) // 2])
    index = build(data, tmp_path)
    reasons = index.unreadable.set_index("path")["error"]
    assert len(index.readable) == 12
    assert "no bytes" in reasons["train/NORMAL/empty.png"]
    assert "web page" in reasons["train/NORMAL/page.png"]
    assert reasons["train/NORMAL/half.png"]
    assert index.read_thumbnails(index.unreadable) == [b""] * 3


def test_stopping_keeps_what_was_read(data, tmp_path, monkeypatch):
    monkeypatch.setattr(map_chunks, "_CHUNK", 5)
    told = []
    partial = build(
        data,
        tmp_path,
        on_progress=lambda done, total: told.append((done, total)),
        should_stop=lambda: len(told) > 1,
    )
    assert len(partial.table) == 5
    assert told[-1] == (5, 12)
    index, new = open_index(find_layout(data), tmp_path / "kept")
    assert (len(index.table), len(new)) == (5, 7)


def test_what_was_known_stays_to_the_last_bit_when_only_damaged_files_are_added(data, tmp_path):
    before = build(data, tmp_path).table["perceptual_hash"]
    assert (before % 2048 != 0).all(), "the lowest bits, which a floating-point number would lose"
    (data / "train/NORMAL/z-damaged.png").write_bytes(b"no picture")
    after = build(data, tmp_path)
    assert after.readable["perceptual_hash"].tolist() == before.tolist()
    assert len(after.unreadable) == 1


def test_two_at_once_write_one_index(data, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        indexes = list(pool.map(lambda _: build(data, tmp_path), range(2)))
    for index in indexes:
        drawn = [index._draw_thumbnail(path) for path in index.readable["path"]]
        assert index.read_thumbnails(index.readable) == drawn


def test_another_process_that_writes_the_index_is_waited_for(data, tmp_path):
    (tmp_path / "kept").mkdir()
    hold = """
import fcntl, sys
lock = open(sys.argv[1], "ab")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
input()
"""
    with (
        ThreadPoolExecutor(1) as pool,
        subprocess.Popen(
            [sys.executable, "-c", hold, str(tmp_path / "kept" / "index.lock")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as other,
    ):
        assert other.stdout.readline() == "held\n"
        index = pool.submit(build, data, tmp_path)
        with pytest.raises(TimeoutError):
            index.result(timeout=1)
        other.communicate("done\n")
        assert len(index.result(timeout=60).table) == 12


def test_several_processes_find_the_same(data, tmp_path, monkeypatch):
    monkeypatch.setattr(map_chunks, "_CHUNK", 3)
    alone = build(data, tmp_path)
    together = index_layout(find_layout(data), tmp_path / "other", workers=2)
    columns = [name for name in alone.table if not name.startswith("thumbnail")]
    assert together.table[columns].equals(alone.table[columns])
    assert together.read_thumbnails(together.table) == alone.read_thumbnails(alone.table)


@pytest.mark.parametrize("damage", [b"", b"PAR1 and then nothing"])
def test_a_damaged_table_is_made_anew(data, tmp_path, damage):
    build(data, tmp_path)
    (tmp_path / "kept" / TABLE_FILE).write_bytes(damage)
    assert len(build(data, tmp_path).table) == 12


def test_a_picture_scaled_or_compressed_again_keeps_its_appearance():
    rng = np.random.default_rng(0)
    coarse = rng.uniform(0, 1, (8, 8)).astype(np.float32)
    picture = cv2.resize(coarse, (224, 224), interpolation=cv2.INTER_CUBIC)
    again = cv2.resize(cv2.resize(picture, (160, 160)), (224, 224))
    other = cv2.resize(rng.uniform(0, 1, (8, 8)).astype(np.float32), (224, 224))

    def distance(one, two):
        return (hash_appearance(one) ^ hash_appearance(two)).bit_count()

    assert distance(picture, np.clip(again * 0.8 + 0.1, 0, 1)) <= 4
    assert distance(picture, other) > 12


@pytest.mark.parametrize("name", [b"train/NORMAL/caf\xe9.png", b"train/caf\xe9/1.png"])
def test_a_name_that_is_no_utf8_is_listed_with_its_reason(data, tmp_path, name):
    path = Path(os.fsdecode(os.fsencode(data) + b"/" + name))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((data / "test/NORMAL/IM-0007-0001.png").read_bytes())
    index = build(data, tmp_path)
    bad = index.table[index.table["error"] != ""]
    assert bad["path"].tolist() == [name.decode("latin-1").replace("é", r"\udce9")]
    assert "not in UTF-8" in bad["error"].iloc[0]
    assert not len(open_index(find_layout(data), tmp_path / "kept")[1])
