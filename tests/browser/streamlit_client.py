"""A visitor without a browser: the few messages with which a page is opened and a file dropped."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

_SECONDS = 240


@contextmanager
def open_app(address: str) -> Iterator["Client"]:
    """Give a visitor who has opened the first page."""
    stream = f"{address.replace('http', 'ws')}/_stcore/stream"
    with (
        httpx.Client(base_url=address, timeout=_SECONDS) as http,
        connect(stream, max_size=None, open_timeout=_SECONDS) as socket,
    ):
        yield Client(http, socket)


class Client:
    """One session of the app.

    Attributes:
        texts: what every element of raw HTML said in the last run of the page.
        failed: whether an exception was shown.
    """

    def __init__(self, http: httpx.Client, socket: ClientConnection) -> None:
        http.get("/_stcore/health")  # sets the cookie that uploads are checked against
        self._http, self._socket = http, socket
        self._session = self._uploader = ""
        self.texts: list[str] = []
        self.failed = False
        self._run(BackMsg())

    def drop(self, name: str, data: bytes) -> None:
        """Drop a file on the page, and wait until the page stands still."""
        wish = BackMsg()
        request = wish.file_urls_request
        request.request_id, request.session_id = "1", self._session
        request.file_names.append(name)
        self._socket.send(wish.SerializeToString())
        (urls,) = next(
            message.file_urls_response.file_urls
            for message in self._receive()
            if message.HasField("file_urls_response")
        )
        token = next(value for key, value in self._http.cookies.items() if "xsrf" in key)
        answer = self._http.put(
            urls.upload_url, files={"file": (name, data)}, headers={"X-Xsrftoken": token}
        )
        answer.raise_for_status()
        dropped = BackMsg()
        state = dropped.rerun_script.widget_states.widgets.add(id=self._uploader)
        info = state.file_uploader_state_value.uploaded_file_info.add(
            file_id=urls.file_id, name=name, size=len(data)
        )
        info.file_urls.CopyFrom(urls)
        self._run(dropped)

    def _run(self, wish: BackMsg) -> None:
        wish.rerun_script.page_name = "diagnose"
        self.texts, self.failed = [], False
        self._socket.send(wish.SerializeToString())
        for message in self._receive():
            self._session = message.new_session.initialize.session_id or self._session
            element = message.delta.new_element
            self._uploader = element.file_uploader.id or self._uploader
            if element.HasField("html"):
                self.texts.append(element.html.body)
            self.failed |= element.HasField("exception")
            # The very first visitor of a server sees its page run twice.
            early = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if message.HasField("script_finished") and not early:
                return

    def _receive(self) -> Iterator[ForwardMsg]:
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv(timeout=_SECONDS))
            yield message
