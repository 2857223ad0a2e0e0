"""One visitor of the app, and everything that the browser did meanwhile."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, WebSocket, expect

# The first answer of an app waits for the models to load.
ANSWER_MILLISECONDS = 60_000


class Visit:
    """Opens the page and keeps count of errors and of talk with the server.

    Attributes:
        page: Playwright's page.
        complaints: errors and warnings of the browser's console, and exceptions.
        hosts: of every request.
        talk: one entry for each request and each message over a web socket.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str | None] = set()
        self.talk: list[str] = []
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note_request)
        page.on("websocket", self._note_socket)
        page.goto(url)
        expect(page.get_by_test_id("stFileUploader")).to_be_visible(timeout=ANSWER_MILLISECONDS)

    @property
    def verdict(self) -> Locator:
        return self.page.get_by_role("region", name="Verdict")

    @property
    def viewer(self) -> Locator:
        return self.page.get_by_role("region", name="X-ray viewer")

    @property
    def evidence(self) -> Locator:
        return self.page.get_by_role("application", name="The X-ray with the evidence over it")

    @property
    def original(self) -> Locator:
        return self.page.get_by_role("application", name="The X-ray as it came")

    def drop(self, file: Path) -> None:
        self.page.locator("input[type=file]").set_input_files(file)

    def read(self, file: Path) -> None:
        """Drop an X-ray and wait until the answer stands still."""
        self.drop(file)
        expect(self.verdict).to_be_visible(timeout=ANSWER_MILLISECONDS)
        expect(self.evidence.locator(".heat")).to_have_js_property("complete", True)
        expect(self.page.get_by_role("button", name="Report as JSON")).to_be_visible()
        self.page.wait_for_load_state("networkidle")

    def move_slider(self, name: str, value: int) -> None:
        self.viewer.get_by_role("slider", name=name).fill(str(value))

    def scrolls_sideways(self) -> bool:
        return self.page.evaluate(
            """() => [...document.querySelectorAll("html, body, [data-testid=stMain]")]
                .some((element) => element.scrollWidth > element.clientWidth)"""
        )

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _note_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss"):
            self.hosts.add(address.hostname)
            self.talk.append(request.url)

    def _note_socket(self, socket: WebSocket) -> None:
        self.hosts.add(urlsplit(socket.url).hostname)
        socket.on("framesent", lambda _: self.talk.append("sent"))
        socket.on("framereceived", lambda _: self.talk.append("received"))
