"""A start from ImageNet is promised only where its weights lie, or can be fetched."""

import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import keras
import pytest
from keras.src.backend.config import keras_home

from xray_core.architectures import imagenet_files
from xray_core.architectures.backbones import download_imagenet_weights
from xray_core.architectures.catalog import ARCHITECTURES
from xray_core.architectures.imagenet_files import require_imagenet
from xray_core.errors import InvalidConfigError

DOWNLOADED = [name for name, known in ARCHITECTURES.items() if known.has_imagenet == "download"]


@pytest.fixture(autouse=True)
def _no_internet(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(imagenet_files, "_ADDRESS", "http://127.0.0.1:9")  # where nobody listens


@pytest.mark.parametrize("name", DOWNLOADED)
def test_without_internet_what_keras_downloaded_once_is_enough(tmp_path, monkeypatch, name):
    with pytest.raises(InvalidConfigError, match=r"^initial_weights: .*Choose random"):
        require_imagenet(name)
    asked = []

    def download(file, origin, **_options):
        asked.append((file, origin))
        raise OSError("no internet")

    monkeypatch.setattr("keras.src.utils.file_utils.get_file", download)
    with pytest.raises(InvalidConfigError, match="no internet"):
        download_imagenet_weights(name, keras.Model())
    ((file, origin),) = asked
    assert origin.startswith("https://storage.googleapis.com/")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / file).touch()
    require_imagenet(name)


def test_a_server_that_answers_is_enough_even_if_it_refuses(monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # which knows no method
    Thread(target=server.handle_request, daemon=True).start()
    monkeypatch.setattr(imagenet_files, "_ADDRESS", f"http://127.0.0.1:{server.server_port}")
    require_imagenet("vgg19")
    server.server_close()


def test_a_server_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(imagenet_files, "_ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr(imagenet_files, "_ADDRESS", address)
        with pytest.raises(InvalidConfigError, match="does not answer"):
            require_imagenet("vgg19")


def test_downloads_are_kept_where_keras_keeps_them(monkeypatch):
    monkeypatch.delenv("KERAS_HOME")
    assert imagenet_files._keras_folder() == Path(keras_home())
