"""What is left of an X-ray beside the session that it was dropped in: nothing."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from streamlit.testing.v1 import AppTest

from tests.images.drawn_files import draw_chest, save_dicom
from tests.pages.answering_model import AnsweringModel
from tests.pages.conftest import APP
from tests.reports.made_report import make_source

MARKER = "Zyxwvut"  # in the file's name, in its tags, and in what is typed


def draw_marked_file() -> bytes:
    source = make_source()
    source.PatientName = f"{MARKER}^Distinctive"
    source.StudyDescription = MARKER
    return save_dicom(source)


def test_nothing_of_an_upload_reaches_disk_logs_or_another_session(
    app: AppTest,
    model: AnsweringModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PNEUMOSCOPE_WORKSPACE", str(tmp_path / "workspace"))
    caplog.set_level(logging.DEBUG)
    data = draw_marked_file()
    pixels = draw_chest()[48].tobytes()
    assert pixels in data

    app.file_uploader[0].set_value((f"{MARKER}.dcm", data, "application/dicom")).run()
    app.text_input[0].input(MARKER).run()
    assert MARKER in _read_all(app)
    other = AppTest.from_file(APP, default_timeout=30)
    other.switch_page("pages/diagnose.py").run()
    other.file_uploader[0].set_value(("chest.png", b"no picture", "image/png")).run()

    assert not app.exception
    assert MARKER not in _read_all(other)
    assert MARKER not in repr(other.session_state)
    assert MARKER not in caplog.text
    assert MARKER not in "".join(capfd.readouterr())
    for path in tmp_path.rglob("*"):
        assert MARKER not in path.name
        if path.is_file():
            content = path.read_bytes()
            assert MARKER.encode() not in content
            assert pixels not in content


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


def _read_all(app: AppTest) -> str:
    return "".join(str(element.proto) for element in app.main)
