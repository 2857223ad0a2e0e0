from pathlib import Path

from playwright.sync_api import expect

from tests.browser.visit import ANSWER_MILLISECONDS, Visit


def test_a_box_drawn_on_the_picture_or_a_zone_by_its_name_is_covered(visit: Visit, xray_file: Path):
    visit.read(xray_file)
    visit.page.set_viewport_size({"width": 1280, "height": 2800})
    visit.page.get_by_text("Ask back", exact=True).click()
    picture = visit.page.locator(".js-plotly-plot .nsewdrag").first
    expect(picture).to_be_visible(timeout=ANSWER_MILLISECONDS)
    visit.settle()
    box = picture.bounding_box()
    assert box is not None

    def place(across: float, down: float) -> tuple[float, float]:
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    visit.page.mouse.move(*place(0.55, 0.4))
    visit.page.mouse.down()
    visit.page.mouse.move(*place(0.85, 0.8), steps=8)
    visit.page.mouse.up()

    metric = visit.page.get_by_test_id("stMetric")
    expect(metric).to_contain_text("Probability of pneumonia", timeout=ANSWER_MILLISECONDS)
    expect(metric).to_contain_text("points")

    visit.page.get_by_role("combobox", name="Cover").click()
    visit.page.get_by_role("option", name="right middle zone").click()
    expect(visit.page.locator(".js-plotly-plot image")).to_have_count(2)  # X-ray and cover
    assert visit.complaints == []


def test_read_first_sends_nothing_of_the_answer_until_a_reading_is_committed(
    visit: Visit, xray_file: Path
):
    visit.page.get_by_text("Read first", exact=True).click()
    visit.drop(xray_file)
    form = visit.page.get_by_test_id("stForm")
    expect(form).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(visit.original).to_be_visible()
    expect(visit.evidence).to_have_count(0)
    expect(visit.verdict).to_have_count(0)

    form.get_by_text("unsure", exact=True).click()
    form.get_by_role("button").filter(has_text="Commit").click()

    expect(visit.verdict).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(visit.evidence).to_be_visible()
    expect(visit.page.get_by_text("You read unsure")).to_be_visible()
