"""The story in a real browser: keys, dots, notes, votes, and never a scroll bar."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import ANSWER_MILLISECONDS, list_findings
from tools.serve_app import serve_app
from xray_core.datasets.catalog import add_dataset, choose_dataset
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.story.script import read_script

_SCRIPT = read_script()
_PARTS = [(step, part) for step, each in enumerate(_SCRIPT, 1) for part in range(1, each.parts + 1)]

_SCROLLS = """() => [...document.querySelectorAll("html, body, [data-testid=stMain]")].some(
    (box) => box.scrollHeight > box.clientHeight || box.scrollWidth > box.clientWidth)"""
# What lies lower than the bar would be hidden behind it.
_FITS = """(bar) => {
    const box = (element) => element.getBoundingClientRect();
    const list = (selector) => [...document.querySelectorAll(
        `[data-testid=stMainBlockContainer] ${selector}`)];
    const above = list(":is(h1, p, img, figcaption, button, .people, .bar, li)")
        .every((element) => box(element).bottom <= box(bar).top + 1);
    const [head, source] = [list(".sentence")[0], list(".source")[0]];
    return above && list(".stage :is(b, .bar, img, figcaption, li, .people)").every((element) =>
        (!head || box(element).top >= box(head).bottom - 1)
        && (!source || box(element).bottom <= box(source).top + 1));
}"""


@pytest.fixture
def story(shared_page: Page, app_url: str) -> Page:
    """The beginning of the story, opened anew only where it was left."""
    if not shared_page.get_by_role("button", name=re.compile("^8: ")).is_visible():
        return open_story(shared_page, app_url)
    shared_page.keyboard.press("Home")
    expect_step(shared_page, 1)
    return shared_page


def open_story(page: Page, app_url: str) -> Page:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{app_url}/present")
    expect_step(page, 1)
    # Keys are heard as soon as the bar has its dots.
    expect(page.get_by_role("button", name=re.compile("^8: "))).to_be_visible()
    return page


def expect_step(page: Page, number: int) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(
        _SCRIPT[number - 1].title, timeout=ANSWER_MILLISECONDS
    )


def expect_every_part_fits(story: Page) -> None:
    """Walk to the end; nothing scrolls or hides behind the bar, on a small and a large screen."""
    bar = story.get_by_role("navigation", name="Steps of the story")
    for step, part in _PARTS:
        if (step, part) != _PARTS[0]:
            expect(story).to_have_url(re.compile(f"step={step}&part={part}$"))
        expect_step(story, step)
        expect(story.locator(".story .source").first).to_be_visible(timeout=ANSWER_MILLISECONDS)
        if _SCRIPT[step - 1].name == "learn":
            expect(story.locator(".js-plotly-plot")).to_be_visible(timeout=ANSWER_MILLISECONDS)
        expect(story.get_by_test_id("stStatusWidget")).to_have_count(0)
        for width, height in ((1280, 720), (1920, 1080)):
            story.set_viewport_size({"width": width, "height": height})
            story.wait_for_load_state("networkidle")
            # What the step before left is taken away a moment later, and charts follow the window.
            story.wait_for_function(f"() => !({_SCROLLS})()")
            story.wait_for_function(_FITS, arg=bar.element_handle())
        story.keyboard.press("ArrowRight")


def note_hosts(page: Page) -> set[str | None]:
    """Return a set that gets the host of every request of a page from now on."""
    hosts: set[str | None] = set()

    def note(url: str) -> None:
        address = urlsplit(url)
        if address.scheme in ("http", "https", "ws", "wss"):
            hosts.add(address.hostname)

    page.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))
    return hosts


def test_arrows_walk_through_every_part_that_fits_without_another_host_and_back(
    page: Page, app_url: str
):
    hosts = note_hosts(page)
    story = open_story(page, app_url)
    expect_every_part_fits(story)
    assert hosts == {"localhost"}
    expect_step(story, len(_SCRIPT))
    expect(story.get_by_role("button", name="On", exact=True)).to_be_disabled()
    story.keyboard.press("PageUp")
    expect_step(story, len(_SCRIPT) - 1)
    story.keyboard.press("Home")
    expect_step(story, 1)


@pytest.mark.slow
@pytest.mark.usefixtures("empty_workspace")
def test_with_the_real_pictures_it_shows_real_xrays_and_every_part_fits(
    page: Page, real_data: Path
):
    dataset = add_dataset(real_data / "chest_xray")
    index_layout(find_layout(dataset.root), dataset.folder)
    choose_dataset(dataset.id)
    hosts = note_hosts(page)
    with serve_app() as address:
        story = open_story(page, address)
        expect(story.locator(".story .source").first).to_contain_text("Real X-rays, from the 624")
        expect_every_part_fits(story)
    assert hosts == {"localhost"}


def test_dots_and_digits_jump(story: Page):
    story.get_by_role("button", name=re.compile("^8: ")).click()
    expect_step(story, 8)
    story.keyboard.press("6")
    expect_step(story, 6)
    story.reload()
    expect_step(story, 6)


def test_quick_presses_are_all_counted(story: Page):
    for _ in range(3):
        story.keyboard.press("ArrowRight")
    expect(story).to_have_url(re.compile("step=3&part=1$"))
    expect_step(story, 3)


def test_after_the_browsers_own_back_the_story_goes_on(story: Page):
    for step in ("3", "6"):
        story.keyboard.press(step)
        expect(story).to_have_url(re.compile(f"step={step}"))
    story.go_back()
    expect(story.get_by_role("heading", name="How does a network learn?")).to_be_visible()
    story.keyboard.press("6")
    expect(story).to_have_url(re.compile("step=6"))
    expect(story.get_by_role("heading", name="How we fixed it")).to_be_visible()


def test_notes_come_on_demand_and_go(story: Page):
    notes = story.get_by_role("complementary", name="Speaker notes")
    expect(notes).to_be_hidden()
    story.keyboard.press("n")
    expect(notes).to_contain_text("An X-ray is a shadow picture.")
    story.keyboard.press("ArrowRight")
    expect(notes).to_contain_text("Three X-rays, three votes")
    story.keyboard.press("n")
    expect(notes).to_be_hidden()


def test_votes_are_counted_and_told_beside_the_models_answer(page: Page, app_url: str):
    story = open_story(page, app_url)
    story.keyboard.press("2")
    expect_step(story, 2)
    story.get_by_role("button", name="Pneumonia: 0").first.click()
    story.get_by_role("button", name="Pneumonia: 1").click()
    expect(story.get_by_role("button", name="Pneumonia: 2")).to_be_visible()
    expect(story.get_by_role("button", name=re.compile("Anew"))).to_be_visible()
    assert not story.evaluate(_SCROLLS)
    assert list_findings(story) == []
    story.keyboard.press("ArrowRight")
    said = story.get_by_text(
        re.compile("Most of you were right on 1 of 1; the model was right on . of 3")
    )
    expect(said).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(story.get_by_text("normal 0, pneumonia 2")).to_be_visible()
    assert list_findings(story) == []


def test_leave_leads_to_the_front_door(story: Page):
    story.get_by_role("button", name="Leave").click()
    expect(story.get_by_role("link", name="Begin the story")).to_be_visible()
