"""What is left of an X-ray beside the session that it was dropped in: nothing."""

import asyncio
import gc
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from streamlit.runtime.caching import cache_data_api, cache_resource_api
from streamlit.testing.v1 import AppTest

from tests.diagnosis.test_verdict import make_examination
from tests.images.drawn_files import draw_chest, save_dicom
from tests.pages.answering_model import AnsweringModel
from tests.pages.conftest import APP
from tests.reports.made_report import make_source
from tests.screening.drawn_files import pack
from ui.diagnose import trust
from xray_core.datasets.synthetic import draw_xray
from xray_core.images.xray import XRay
from xray_core.screening import screen

# What belongs to the program, and leads to everything that is loaded.
_CODE = (type, ModuleType, BuiltinFunctionType, FrameType, CodeType)
MARKER = "Zyxwvut"  # in the file's name, in its tags, and in what is typed


CHEST = draw_chest()
XRAY = np.rint(255 * draw_xray(seed=3, pneumonia=True, size=224).pixels).astype(np.uint8)

Search = Callable[[np.ndarray], None]


def draw_marked_file(pixels: np.ndarray = CHEST) -> bytes:
    """A DICOM file, uint8, with the marker as patient."""
    source = make_source()
    source.PatientName = f"{MARKER}^Distinctive"
    source.StudyDescription = MARKER
    source.Rows, source.Columns = pixels.shape
    source.PixelData = pixels.tobytes()
    data = save_dicom(source)
    assert _take_row(pixels) in data
    return data


@pytest.fixture
def search(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Search:
    """Watches from now on; searches disk, logs, caches and another session for what was dropped."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path / "workspace"))
    caplog.set_level(logging.DEBUG)

    def search(pixels: np.ndarray) -> None:
        other = AppTest.from_file(APP, default_timeout=30).switch_page("pages/diagnose.py").run()
        assert not other.exception
        assert MARKER not in _read_all(other)
        assert MARKER not in repr(other.session_state)
        assert MARKER not in caplog.text
        assert MARKER not in "".join(capfd.readouterr())
        row = _take_row(pixels)
        for path in tmp_path.rglob("*"):
            assert MARKER not in path.name
            if path.is_file():
                content = path.read_bytes()
                assert MARKER.encode() not in content
                assert row not in content
        for value in _walk(cache_data_api._data_caches, cache_resource_api._resource_caches):
            assert not isinstance(value, XRay)
            assert not _holds(value, row)

    return search


def test_nothing_of_an_upload_reaches_disk_logs_caches_or_another_session(
    app: AppTest, search: Search
):
    data = draw_marked_file()
    app.file_uploader[0].set_value((f"{MARKER}.dcm", data, "application/dicom")).run()
    app.text_input[0].input(MARKER).run()

    assert MARKER in _read_all(app)
    assert not app.exception
    search(CHEST)


def test_nothing_of_a_follow_up_or_of_a_checked_overlay_is_left(
    app: AppTest, model: AnsweringModel, search: Search, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trust, "examine_overlay", lambda *about, **more: make_examination())
    app.file_uploader[0].set_value((f"{MARKER}.dcm", draw_marked_file(), "")).run()
    app.segmented_control("diagnose_question").set_value("Can I trust the overlay?").run()
    app.button("diagnose_check").click().run()
    if job := _get_panels(app).get("trust_job"):
        job._thread.join(10)
        app.run()
    assert app.success
    app.segmented_control("diagnose_question").set_value("Compare").run()
    darker = CHEST // 2
    app.file_uploader[-1].set_value((f"{MARKER} 2.dcm", draw_marked_file(darker), "")).run()
    assert "compared" in _get_panels(app)

    assert not app.exception
    search(CHEST)
    search(darker)


@pytest.mark.parametrize("fewest_for_processes", [24, 0])
def test_nothing_of_a_worklist_or_its_zip_is_left(
    search: Search, monkeypatch: pytest.MonkeyPatch, fewest_for_processes: int
):
    monkeypatch.setattr(screen, "_FEWEST_FOR_PROCESSES", fewest_for_processes)
    monkeypatch.setattr(screen, "_CHUNK", 1)
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/diagnose.py").run()
    app.segmented_control("diagnose_mode").set_value("Worklist").run()
    marked, damaged = draw_marked_file(XRAY), draw_marked_file(XRAY)[:-2000]
    packed = pack({f"{MARKER}/1.dcm": marked, f"{MARKER}/damaged.dcm": damaged})
    files = [(f"{MARKER}.zip", packed, ""), (f"{MARKER}.dcm", marked, "")]
    app.file_uploader[0].set_value(files).run()
    app.button[-1].click().run()
    while app.session_state["diagnose_worklist_job"].running:
        time.sleep(0.1)
    app.run()
    assert app.dataframe[0].value["file"].str.contains(MARKER).sum() == 3
    app.session_state["diagnose_worklist_open"] = f"{MARKER}/1.dcm"
    app.run()
    assert MARKER in app.html[0].value

    assert not app.exception
    search(XRAY)


def test_a_large_upload_is_received_in_memory(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the upload went to a file")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    sent = np.random.default_rng(0).bytes(3 * 2**20)
    form = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.dcm"\r\n\r\n'
        + sent
        + b"\r\n--edge--\r\n"
    )

    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(form), 2**16):
            yield form[start : start + 2**16]

    async def receive() -> bytes:
        headers = Headers({"content-type": "multipart/form-data; boundary=edge"})
        form = await MultiPartParser(headers, stream()).parse()
        try:
            return await form["file"].read()
        finally:
            await form["file"].close()

    assert not app.exception  # any page tells the server where uploads belong
    # In a thread of its own: once Playwright was used, a loop runs in this one.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: asyncio.run(receive())).result() == sent


def _get_panels(app: AppTest) -> dict[str, Any]:
    return app.session_state["diagnose_reading"][1].panels


def _take_row(pixels: np.ndarray) -> bytes:
    """Return pixels from the middle, which no other file has."""
    return pixels[len(pixels) // 2].tobytes()


def _walk(*roots: object) -> Iterator[object]:
    """Give all that caches hold, however deep."""
    waiting, seen = list(roots), set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, _CODE):
            continue
        seen.add(id(value))
        yield value
        if isinstance(value, FunctionType):  # its module's names are nobody's cache
            waiting += [value.__closure__, value.__defaults__, value.__kwdefaults__]
        elif isinstance(value, BytesIO):
            waiting.append(value.getvalue())
        else:
            waiting += gc.get_referents(value)


def _holds(value: object, row: bytes) -> bool:
    if isinstance(value, str):
        return MARKER in value
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and np.nan_to_num(value).max(initial=0) <= 1:
            value = np.rint(255 * np.nan_to_num(value)).astype(np.uint8)
        value = value.tobytes()
    if isinstance(value, bytearray | memoryview):
        value = bytes(value)
    return isinstance(value, bytes) and (MARKER.encode() in value or row in value)


def _read_all(app: AppTest) -> str:
    return "".join(str(element.proto) for element in app.main)
