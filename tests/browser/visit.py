"""One visitor of the app, and everything that the browser did meanwhile."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    ConsoleMessage,
    Locator,
    Page,
    Request,
    WebSocket,
    expect,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

# The first answer of an app waits for the models to load.
ANSWER_MILLISECONDS = 60_000
# The ground that Streamlit draws in each, as in .streamlit/config.toml.
_GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}

_NOTHING_SCROLLS_SIDEWAYS = """() => [...document.querySelectorAll(
    "html, body, [data-testid=stMain]")]
    .every((element) => element.scrollWidth <= element.clientWidth)"""
# Charts are drawn anew a while after the window has changed, longer on a busy machine.
_CHARTS_FOLLOW_MILLISECONDS = 10_000


def list_widths_cut_off(page: Page) -> list[int]:
    """Wait until the server is silent; return at which widths of window something is cut off."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=ANSWER_MILLISECONDS)
    page.wait_for_load_state("networkidle")
    cut_off, window = [], page.viewport_size
    for width in (1280, 800):
        page.set_viewport_size({"width": width, "height": 1000})
        try:
            page.wait_for_function(_NOTHING_SCROLLS_SIDEWAYS, timeout=_CHARTS_FOLLOW_MILLISECONDS)
        except PlaywrightTimeoutError:
            cut_off.append(width)
    page.set_viewport_size(window)
    return cut_off


def list_findings(page: Page) -> list[str]:
    """Return each serious or critical finding with its theme and the elements it is about."""
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=ANSWER_MILLISECONDS)
    found = []
    for theme, ground in _GROUNDS.items():
        page.emulate_media(color_scheme=theme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        found += [
            f"{theme}, {violation['id']}: {node['html'][:200]}"
            for violation in violations
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]
    return found


def open_view(page: Page, name: str) -> None:
    """Press a view of the page; wait until it stands still."""
    radio = page.get_by_role("radio", name=name, exact=True)
    radio.click()
    expect(radio).to_be_checked()
    wait_until_server_rests(page)


def list_complaints(page: Page, views: Iterable[str]) -> dict[str, list[object]]:
    """Return what axe-core finds in views of a page, and the widths at which one is cut off."""
    complaints = {}
    for view in views:
        open_view(page, view)
        if found := [*list_findings(page), *list_widths_cut_off(page)]:
            complaints[view] = found
    return complaints


def wait_until_server_rests(page: Page) -> None:
    """Wait until no script runs: a press on what a rerun replaces can come to nothing."""
    state = "data-test-script-state"
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        state, "notRunning", timeout=ANSWER_MILLISECONDS
    )


def take_download(page: Page, button: str) -> Path:
    """Press a button once the server rests; return the file that comes."""
    wait_until_server_rests(page)
    with page.expect_download(timeout=ANSWER_MILLISECONDS) as download:
        page.get_by_role("button", name=button).click(timeout=ANSWER_MILLISECONDS)
    return download.value.path()


class Visit:
    """Opens the app, goes to Diagnose, and keeps count of errors and of talk with the server.

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
        page.get_by_role("link", name="Diagnose", exact=True).click()
        expect(page.get_by_test_id("stFileUploader")).to_be_visible(timeout=ANSWER_MILLISECONDS)
        # Samples are drawn beside the page; one that is on its way when they go is missed.
        for sample in page.get_by_test_id("stImage").get_by_role("img").all():
            expect(sample).to_have_js_property("complete", True)
        page.wait_for_load_state("networkidle")

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
        expect(self.page.get_by_text("Report", exact=True)).to_be_visible()  # the last of the page
        self.settle()

    def settle(self) -> None:
        """Wait until nobody talks any more: what stands there stays where it is."""
        wait_until_server_rests(self.page)
        heard = -1
        while heard < len(self.talk):  # folded panels ask for their scripts, one after the other
            heard = len(self.talk)
            self.page.wait_for_timeout(700)

    def move_slider(self, name: str, value: int) -> None:
        self.viewer.get_by_role("slider", name=name).fill(str(value))

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
