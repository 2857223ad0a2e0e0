"""Fetching the public set: with a kagglehub of our own, and never over the network."""

import errno
import io
import socket
import ssl
import sys
import threading
import time
import types
import urllib.error

import pytest
import requests

from xray_core.datasets import download
from xray_core.datasets.download import PUBLIC_SET, download_public_set
from xray_core.errors import DatasetError


@pytest.fixture(autouse=True)
def proxy(tmp_path, monkeypatch):
    """A port of this computer that every call goes to; closed unless a test listens."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port.getsockname()[1]}")
        monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "cache"))
        yield port


@pytest.fixture
def online(monkeypatch):
    monkeypatch.setattr(download, "_call_kaggle", lambda: "")


@pytest.fixture
def fake_kagglehub(tmp_path, monkeypatch):
    """A kagglehub that gives Kaggle's files, or raises its `error`."""
    module = types.SimpleNamespace(error=None, asked=[])

    def dataset_download(handle):
        module.asked.append(handle)
        if module.error:
            raise module.error
        folder = tmp_path / "versions" / "2"
        for root in ("chest_xray", "chest_xray/chest_xray", "chest_xray/__MACOSX/chest_xray"):
            for split in ("train", "val", "test"):
                (folder / root / split / "NORMAL").mkdir(parents=True, exist_ok=True)
                (folder / root / split / "NORMAL" / "IM-0001-0001.jpeg").write_bytes(b"x")
        return str(folder)

    module.dataset_download = dataset_download
    monkeypatch.setitem(sys.modules, "kagglehub", module)
    return module


def test_the_folder_of_the_splits_comes_back(tmp_path, fake_kagglehub, online):
    root = download_public_set()
    assert root == tmp_path / "versions" / "2" / "chest_xray"
    assert {"train", "val", "test"} <= {path.name for path in root.iterdir()}
    assert fake_kagglehub.asked == [f"{PUBLIC_SET}/versions/2"]


def test_a_missing_kagglehub_is_told_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(DatasetError, match=r"`\.venv/bin/python -m pip install kagglehub`"):
        download_public_set()


def test_without_internet_one_sentence_comes_at_once(fake_kagglehub):
    start = time.perf_counter()
    with pytest.raises(DatasetError, match=r"got: Connection refused\. Connect this computer"):
        download_public_set()
    assert time.perf_counter() - start < download._PATIENCE_SECONDS
    assert not fake_kagglehub.asked


def test_a_line_that_never_answers_is_not_waited_for(fake_kagglehub, proxy, monkeypatch):
    monkeypatch.setattr(download, "_PATIENCE_SECONDS", 0.2)
    proxy.listen()
    with pytest.raises(DatasetError, match=r"got: (no answer|timed out)"):
        download_public_set()


def test_a_search_for_the_address_is_not_waited_for(fake_kagglehub, monkeypatch):
    done = threading.Event()
    monkeypatch.setattr(download, "_PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(download, "_call_kaggle", lambda: str(done.wait()))
    with pytest.raises(DatasetError, match="no answer came"):
        download_public_set()
    done.set()


def test_a_proxy_that_refuses_is_told(fake_kagglehub, proxy):
    proxy.listen()

    def refuse():
        caller, _ = proxy.accept()
        with caller:
            caller.recv(4096)
            caller.sendall(b"HTTP/1.1 407 Sign in, please\r\nContent-Length: 0\r\n\r\n")

    threading.Thread(target=refuse, daemon=True).start()
    with pytest.raises(DatasetError, match="407 Sign in, please"):
        download_public_set()


@pytest.mark.parametrize(
    "answer",
    [
        urllib.error.HTTPError("", 403, "Forbidden", None, io.BytesIO()),
        urllib.error.URLError(ssl.SSLCertVerificationError("self-signed certificate")),
        None,
    ],
)
def test_any_answer_of_kaggle_will_do(fake_kagglehub, monkeypatch, answer):
    def call(opener, request, timeout):
        if answer:
            raise answer
        return io.BytesIO()

    monkeypatch.setattr(download.urllib.request.OpenerDirector, "open", call)
    assert download_public_set().name == "chest_xray"


def test_what_is_here_needs_no_internet(tmp_path, fake_kagglehub):
    marker = tmp_path / "cache" / "datasets" / PUBLIC_SET / "2.complete"
    marker.parent.mkdir(parents=True)
    marker.touch()
    assert download_public_set().name == "chest_xray"


def http_error(status):
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError(f"{status} Client Error.\n\nhttps://…", response=response)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (http_error(403), "sign in first"),
        (http_error(503), "answered with HTTP 503"),
        (requests.ConnectionError("HTTPSConnectionPool(host='…'): Max retries"), "broke off"),
        (requests.ReadTimeout("Read timed out."), "broke off"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (ValueError("\n  Unsupported archive type.\nand more"), "it failed: Unsupported archive"),
        (KeyError(), "it failed: KeyError"),
        (RuntimeError("x" * 9999), "x…"),
    ],
)
def test_a_failed_download_is_told_in_a_sentence(fake_kagglehub, online, error, told):
    fake_kagglehub.error = error
    with pytest.raises(DatasetError, match=told) as caught:
        download_public_set()
    assert download.PUBLIC_SET_PAGE in str(caught.value)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def test_files_without_pictures_are_told(tmp_path, fake_kagglehub, online):
    fake_kagglehub.dataset_download = lambda handle: str(tmp_path)
    with pytest.raises(DatasetError, match="Expected pictures"):
        download_public_set()


def test_two_downloads_wait_for_each_other(fake_kagglehub, online):
    running, most = 0, 0
    real = fake_kagglehub.dataset_download

    def slow(handle):
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.05)
        running -= 1
        return real(handle)

    fake_kagglehub.dataset_download = slow
    threads = [threading.Thread(target=download_public_set) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
