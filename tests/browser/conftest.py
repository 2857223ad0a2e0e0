"""The real app, with the shipped model, in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.visit import Visit
from tools.serve_app import CHROMIUM_ARGUMENTS, serve_app
from xray_core.datasets.samples import SAMPLES
from xray_core.datasets.synthetic import draw_sample, encode_png

# A machine that trains and draws beside the browser is slow, not wrong.
_PATIENCE_MILLISECONDS = 60_000
expect.set_options(timeout=_PATIENCE_MILLISECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a browser test that failed once more, and say so in the summary.

    Server, browser and machine are not ours to time: what fails twice is a fault.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Put into the report of a failure what the visitor saw."""
    report = yield
    arguments = getattr(item, "funcargs", {})
    page = arguments.get("page", arguments.get("shared_page"))
    if report.when == "call" and report.failed and isinstance(page, Page):
        report.sections.append(("the page", _describe_page(page)))
    return report


def _describe_page(page: Page) -> str:
    try:
        return f"{page.url}\n{page.locator('body').inner_text(timeout=2000)}"
    except PlaywrightError as error:
        return f"It could not be read: {error}"


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """Where the app answers, started as a user starts it."""
    with serve_app() as address:
        yield address


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=[*CHROMIUM_ARGUMENTS]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What visitors share: scripts of the app that the browser has loaded once."""
    # High enough for the whole page: the bar at its top would cover what scrolls under it.
    with browser.new_context(viewport={"width": 1280, "height": 1800}) as context:
        context.set_default_timeout(_PATIENCE_MILLISECONDS)
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def shared_page(context: BrowserContext) -> Iterator[Page]:
    """A page that the tests of a file look at, one after the other."""
    page = context.new_page()
    yield page
    page.close()


@pytest.fixture
def visit(page: Page, app_url: str) -> Visit:
    """A visitor on the opened page."""
    return Visit(page, app_url)


@pytest.fixture(scope="session")
def xray_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic X-ray with opacities in both lungs, as a file."""
    path = tmp_path_factory.mktemp("xrays") / "both lungs.png"
    path.write_bytes(encode_png(draw_sample(SAMPLES[-1])))
    return path
