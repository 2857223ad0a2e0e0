"""A model trained on the page, from the preset to its first answer."""

import re
import subprocess
from collections.abc import Iterator

import pandas as pd
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import ANSWER_MILLISECONDS, list_findings, list_widths_cut_off
from xray_core.datasets.catalog import (
    add_dataset,
    choose_dataset,
    forget_dataset,
    get_chosen_dataset,
)
from xray_core.datasets.index import index_layout
from xray_core.datasets.layout import find_layout
from xray_core.datasets.samples import SAMPLES
from xray_core.datasets.sources import draw_dataset
from xray_core.datasets.synthetic import write_folder
from xray_core.training.jobs.run_files import write_progress, write_state
from xray_core.training.jobs.run_folder import HISTORY_FILE, Run, create_run, delete_run, read_run
from xray_core.training.jobs.run_records import RunProgress, RunState
from xray_core.training.presets.catalog import get_preset_config

TRAINING_MILLISECONDS = 240_000


@pytest.fixture(scope="module")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A few drawn X-rays as the chosen data set, until these tests are over."""
    before = get_chosen_dataset()
    folder = tmp_path_factory.mktemp("pictures") / "drawn"
    write_folder(folder, {"train": (24, 36), "val": (4, 4), "test": (6, 6)}, size=128, seed=3)
    dataset = add_dataset(folder, "A few drawn X-rays")
    index_layout(find_layout(folder), dataset.folder, workers=1)
    choose_dataset(dataset.id)
    yield
    forget_dataset(dataset.id)
    if before is not None:
        choose_dataset(before.id)


def open_form(page: Page, app_url: str) -> None:
    """Open the page with a form that asks for two epochs."""
    page.goto(f'{app_url}/train_model?set={{"epochs":2,"validation_share":0.3}}')
    expect(page.get_by_text("pictures train")).to_be_visible(timeout=ANSWER_MILLISECONDS)


def start(page: Page, title: str) -> None:
    page.get_by_role("textbox", name="Name of the model").fill(title)
    page.get_by_role("button", name="Start training").click()


@pytest.fixture
def train_page(page: Page, app_url: str, small_set: None) -> Page:
    """The page with a form that asks for two epochs."""
    open_form(page, app_url)
    return page


def test_a_lesson_is_trained_beside_another_visitor_through_a_reload_and_diagnoses(
    train_page: Page, browser: Browser, app_url: str
):
    page = train_page
    expect(page.get_by_text("Epochs 2 (was")).to_be_visible()
    with browser.new_context() as context:
        other = context.new_page()
        open_form(other, app_url)
        start(page, "My lesson")
        start(other, "Of somebody else")
        for visitor in (page, other):
            cancel = visitor.get_by_role("button", name="Cancel")
            expect(cancel).to_be_visible(timeout=ANSWER_MILLISECONDS)
        other.get_by_role("button", name="Cancel").click()
        cancelled = other.get_by_text("Cancelled.").first  # waiting or running: who was first?
        expect(cancelled).to_be_visible(timeout=ANSWER_MILLISECONDS)

    page.reload()

    expect(page.get_by_text("Finished. 2 of 2 epochs")).to_be_visible(timeout=TRAINING_MILLISECONDS)
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    page.get_by_text("Settings", exact=True).last.click()
    page.get_by_text("All runs: ").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    assert list_findings(page) == []
    page.get_by_role("link", name="Diagnose with this model").click()
    model = page.get_by_role("combobox", name="Model")
    expect(model).to_have_value(re.compile("My lesson"), timeout=ANSWER_MILLISECONDS)
    page.get_by_role("button", name=SAMPLES[0].name, exact=True).click()
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("Probability", timeout=ANSWER_MILLISECONDS)
    expect(page.get_by_text("My lesson").first).to_be_visible()


@pytest.fixture
def synthetic_set() -> Iterator[None]:
    """All 400 drawn X-rays, as the data page draws them, as the chosen data set."""
    before = get_chosen_dataset()
    dataset = draw_dataset()
    index_layout(find_layout(dataset.root), dataset.folder, workers=1)
    choose_dataset(dataset.id)
    yield
    if before is not None:
        choose_dataset(before.id)


@pytest.mark.slow
def test_the_lesson_as_it_stands_learns_from_the_synthetic_set_and_diagnoses(
    page: Page, app_url: str, synthetic_set: None
):
    page.goto(f"{app_url}/train_model")
    expect(page.get_by_text("pictures train")).to_be_visible(timeout=ANSWER_MILLISECONDS)
    expect(page.get_by_text("(was")).to_have_count(0)
    start(page, "The lesson")
    expect(page.get_by_text("Finished.").first).to_be_visible(timeout=TRAINING_MILLISECONDS)
    row = page.get_by_role("row").filter(has_text="AUC").first
    auc = re.search(r"\b([01]\.\d+)", row.inner_text())
    assert auc is not None
    assert float(auc[1]) > 0.8, "drawn pneumonias are easy"
    page.get_by_role("link", name="Diagnose with this model").click()
    page.get_by_role("button", name="Patches in both lungs").click()
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("PNEUMONIA", timeout=ANSWER_MILLISECONDS)
    expect(verdict).to_contain_text("lies mainly in the right middle zone")


def test_the_form_tells_the_cost_and_can_be_used_by_everybody(train_page: Page):
    expect(train_page.get_by_text("An epoch")).to_be_visible(timeout=TRAINING_MILLISECONDS)
    train_page.get_by_text("Learning", exact=True).click()
    expect(train_page.get_by_role("combobox", name="Optimizer")).to_be_visible()
    assert list_findings(train_page) == []
    assert list_widths_cut_off(train_page) == []


@pytest.fixture
def running() -> Iterator[Run]:
    """A run whose worker sleeps, so that a test can write what it learns."""
    run = create_run(get_preset_config("lesson"), "none", "Asleep")
    with subprocess.Popen(["sleep", "120"]) as worker:
        started = psutil.Process(worker.pid).create_time()
        state = RunState(status="running", pid=worker.pid, process_started=started)
        write_state(run.folder, state)
        yield run
        write_state(run.folder, RunState(status="finished"))
        worker.kill()
    delete_run(read_run(run.id))


def write_epochs(run: Run, epochs: int) -> None:
    losses = [1 / (1 + epoch) for epoch in range(epochs)]
    told = {"epoch": range(epochs), "loss": losses, "val_loss": losses}
    pd.DataFrame(told).to_csv(run.folder / HISTORY_FILE, index=False)
    write_progress(run.folder, RunProgress(phase="training", epoch=epochs, done=1, total=2))


def test_a_curve_that_grows_does_not_blink(page: Page, app_url: str, running: Run):
    write_epochs(running, 2)
    page.goto(f"{app_url}/train_model")
    page.get_by_text("Runs", exact=True).click()
    drawn = page.locator(".vega-embed canvas, .vega-embed svg.marks").first
    expect(drawn).to_be_visible(timeout=ANSWER_MILLISECONDS)
    page.evaluate("chart => { window.before = chart; }", drawn.element_handle())
    write_epochs(running, 5)
    expect(page.get_by_text("epoch 6 of")).to_be_visible(timeout=ANSWER_MILLISECONDS)
    page.wait_for_timeout(1000)  # until it would have been drawn anew
    assert page.evaluate("window.before.isConnected")
