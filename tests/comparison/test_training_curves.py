"""Curves: smoothed as TensorBoard does, grouped by seed, the gap named, fast for fifty runs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.comparison.made_models import make_history
from xray_core.comparison.contenders import Contender, load_run
from xray_core.comparison.curve_view import CurveView
from xray_core.comparison.draw_curves import draw_training_curves, list_without
from xray_core.comparison.style import assign_places, make_styles
from xray_core.comparison.training_curves import (
    CURVES,
    PARTS,
    group_by_seed,
    list_noted,
    measure_overfitting,
    smooth,
    tabulate_curves,
)
from xray_core.training.config import change_config
from xray_core.training.jobs.run_folder import create_run
from xray_core.training.presets.catalog import PRESETS


def make_run(run_id, seed=0, epochs=8, **settings):
    history = make_history(epochs, seed)
    return Contender(run_id, run_id, None, {"seed": seed, **settings}, history, {})


def draw(runs, view=None):
    names = {run.id: run.title for run in runs}
    styles = make_styles(assign_places(list(names), {}))
    return draw_training_curves(runs, names, styles, view or CurveView())


def lines(figure):
    return [trace for trace in figure.data if trace.mode == "lines" and trace.fill is None]


def test_smoothing_is_the_debiased_average_of_tensorboard():
    values = np.array([1.0, 0.5, 0.7, 0.2])
    last, total, expected = 0.0, 0, []
    for value in values:  # as in TensorBoard's own code
        last, total = last * 0.6 + 0.4 * value, total + 1
        expected.append(last / (1 - 0.6**total))
    assert smooth(values, 0.6) == pytest.approx(expected)
    assert smooth(values, 0.0) is values


def test_a_missing_epoch_does_not_spread():
    assert np.isnan(smooth(np.array([1.0, np.nan, 1.0]), 0.5)).tolist() == [False, True, False]
    nothing = np.full(3, np.nan)
    np.testing.assert_array_equal(smooth(nothing, 0.5), nothing)


def test_runs_that_differ_by_seed_only_are_one_band():
    runs = [make_run(f"s{seed}", seed, rate=1) for seed in range(3)] + [make_run("other", rate=2)]
    assert [len(group) for group in group_by_seed(runs).values()] == [3, 1]
    figure = draw(runs)
    bands = [trace for trace in figure.data if trace.fill == "toself" and len(trace.x) == 16]
    assert len(bands) >= 10  # five metrics, two parts
    assert any("3 seeds" in trace.name for trace in lines(figure))
    apart = draw(runs, CurveView(seed_bands=False))
    assert len(lines(apart)) == 4 * 10


def test_runs_on_two_data_sets_are_no_kin(empty_workspace):
    config = PRESETS["b1-cnn"].config
    runs = [
        create_run(change_config(config, {"seed": seed}), data, "Run")
        for seed, data in enumerate("aab")
    ]
    groups = group_by_seed([load_run(run) for run in runs])
    assert list(groups) == [runs[0].id, runs[2].id]


def test_runs_of_one_seed_are_not_called_seeds():
    figure = draw([make_run("a", seed=1), make_run("b", seed=1)])
    assert {trace.name.rsplit(", ", 1)[0] for trace in lines(figure)} == {"a, 2 runs"}


def test_over_time_seeds_are_drawn_at_the_mean_of_their_clocks():
    fast, slow = make_run("fast", 0, epochs=3), make_run("slow", 1, epochs=2)
    slow = replace(slow, history=slow.history.assign(seconds=[12.0, 24.0]))
    for line in lines(draw([fast, slow], CurveView(by_time=True))):
        assert line.x * 60 == pytest.approx([8, 16, 20])  # the third took the fast one 4 s


def test_runs_without_known_settings_are_no_kin():
    runs = [replace(make_run(name), settings={}) for name in "ab"]
    assert len(group_by_seed(runs)) == 2


def test_the_gap_of_overfitting_is_drawn_and_named():
    figure = draw([make_run("a")])
    found = measure_overfitting(make_history())
    assert found.gap == pytest.approx(0.14)
    named = [trace.text[0] for trace in figure.data if trace.mode == "text"]
    assert named == ["gap +0.140"]


@pytest.mark.parametrize("log_scale", [False, True])
def test_names_of_gaps_do_not_lie_on_each_other(log_scale):
    runs = [make_run(name, rate=place) for place, name in enumerate("abc")]
    figure = draw(runs, CurveView(metrics=("loss",), log_scale=log_scale))
    heights = np.array([trace.y[0] for trace in figure.data if trace.mode == "text"])
    if log_scale:
        heights = np.log(heights)
    assert len(heights) == 3
    drawn = np.concatenate([trace.y for trace in figure.data if trace.mode != "text"])
    reach = np.ptp(np.log(drawn) if log_scale else drawn)
    assert np.diff(heights).min() > 0.09 * reach


def test_without_validation_there_is_no_gap():
    assert measure_overfitting(pd.DataFrame({"loss": [1.0]})) is None
    assert measure_overfitting(pd.DataFrame({"loss": [1.0], "val_loss": [np.nan]})) is None


def test_a_training_loss_that_was_never_a_number_leaves_no_gap():
    run = make_run("a")
    run = replace(run, history=run.history.assign(loss=np.nan))
    figure = draw([run], CurveView(metrics=("loss",)))
    assert [trace.name for trace in figure.data] == ["a, training", "a, validation"]


def test_minutes_need_noted_times():
    run, timeless = make_run("a"), make_run("b")
    timeless = replace(timeless, history=timeless.history.drop(columns="seconds"))
    assert list_without([run, timeless], by_time=True) == [timeless]
    figure = draw([run, timeless], CurveView(by_time=True))
    assert {trace.name.split(",")[0] for trace in lines(figure)} == {"a"}
    assert lines(figure)[0].x[-1] == pytest.approx(8 * 4 / 60)


def test_panels_share_one_axis_and_one_hover():
    figure = draw([make_run("a")], CurveView(metrics=("loss", "auc"), log_scale=True))
    assert figure.layout.hoversubplots == "axis"
    assert figure.layout.hovermode == "x unified"
    assert {trace.xaxis for trace in figure.data} == {None}  # all on the first
    assert figure.layout.yaxis.type == figure.layout.yaxis2.type == "log"


def test_the_hover_of_seven_runs_is_in_step_and_its_label_tells_of_one_panel():
    layout = draw([make_run(name, rate=name) for name in "abcdefg"]).layout
    assert (layout.hovermode, layout.hoversubplots) == ("x unified", "single")
    assert (layout.xaxis.showspikes, layout.xaxis.spikemode) == (True, "across")


def test_of_joined_lines_the_nearest_is_named():
    runs = [make_run(name, rate=name) for name in "abcdefghijk"]
    view = CurveView(metrics=("loss",), parts=("validation",))
    assert draw(runs, view).layout.hovermode == "closest"


def test_an_older_history_without_some_metrics_is_drawn_as_far_as_it_goes():
    run = make_run("a")
    run = replace(run, history=run.history[["epoch", "loss", "val_loss"]])
    assert len(lines(draw([run]))) == 2


def test_a_metric_is_noted_where_one_training_of_several_noted_it():
    whole, run = make_run("a"), make_run("b")
    older = replace(run, history=run.history[["epoch", "loss", "val_loss"]])
    assert list_noted([older], tuple(CURVES), PARTS) == ("loss",)
    assert list_noted([older, whole], tuple(CURVES), PARTS) == tuple(CURVES)
    assert list_noted([], tuple(CURVES), PARTS) == ()


def test_lines_of_very_many_runs_are_joined_and_still_tell_whose_they_are():
    runs = [make_run(f"run{number}", number, 200, rate=number) for number in range(50)]
    drawn = lines(draw(runs))
    assert len(drawn) == (6 + 1) * 5  # colours of validation, grey for training, panels
    grey, first, *_ = drawn
    assert set(grey.text) == {run.id for run in runs}
    assert "%{text}, training: Loss" in grey.hovertemplate
    assert set(first.text) == {f"run{number}" for number in range(0, 50, 6)}
    assert "%{text}, validation: Loss" in first.hovertemplate
    assert len(first.x) == len(first.y) == len(first.text) == 9 * 26
    assert np.isnan(first.x[25])
    assert (first.x[0], first.x[24]) == (1, 200)


def test_what_fifty_runs_send_to_the_browser_is_small():
    runs = [make_run(f"run{number}", number, 200, rate=number) for number in range(50)]
    assert len(draw(runs).to_json()) < 400_000


def test_few_panels_of_many_runs_show_more_of_each_line():
    runs = [make_run(f"run{number}", number, 200, rate=number) for number in range(50)]
    drawn = lines(draw(runs, CurveView(metrics=("loss",), parts=("validation",))))
    assert np.isnan(drawn[0].x[100])


def test_the_export_has_a_row_for_each_epoch():
    table = tabulate_curves([make_run("a"), make_run("b", epochs=3)], {"a": "A", "b": "B"})
    assert len(table) == 11
    assert list(table.columns[:3]) == ["id", "title", "epoch"]
    assert table["epoch"].tolist() == [*range(1, 9), 1, 2, 3]
    assert tabulate_curves([], {}).empty
