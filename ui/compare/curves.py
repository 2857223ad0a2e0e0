"""Training curves of the chosen runs, one over the other."""

from dataclasses import replace
from functools import partial

import streamlit as st

from ui.charts import offer_csv, show_chart
from xray_core.comparison.curve_view import CurveView
from xray_core.comparison.curve_words import tell_what_lacks
from xray_core.comparison.draw_curves import draw_training_curves, list_without
from xray_core.comparison.field import Field
from xray_core.comparison.many_lines import MANY
from xray_core.comparison.training_curves import (
    CURVES,
    PARTS,
    list_noted,
    tabulate_curves,
    tabulate_overfitting,
)

_GAP_TITLES = {
    "title": "Model",
    "epoch": "Best epoch",
    "best_loss": "Validation loss there",
    "gap_at_best": "Gap there",
    "gap": "Gap at the end",
}
_FEW = 2  # panels at first, of many runs: each takes the browser a tenth of a second


def show_curves(field: Field) -> None:
    """Show loss, accuracy, precision, recall and AUC over epochs or minutes, and overfitting."""
    _show_chart(field)
    _show_overfitting(field)


@st.fragment
def _show_chart(field: Field) -> None:
    view = _choose_view(len(field.contenders) > MANY)
    missing = list_without(field.contenders, view.by_time)
    shown = [each for each in field.contenders if each not in missing]
    said = tell_what_lacks(field.contenders, view, field.names)
    panels = list_noted(shown, view.metrics, view.parts)
    if not shown or not panels or not view.parts:
        choose = "Choose runs with curves, and at least one of each above."
        st.info(" ".join(["Nothing to draw.", *said, choose]))
        return
    if len(view.parts) > 1:
        said.append("Training is drawn thin, validation bold.")
    if said:
        st.caption(" ".join(said))
    view = replace(view, metrics=panels)
    show_chart(
        draw_training_curves(shown, field.names, field.styles, view),
        partial(tabulate_curves, shown, field.names),
        "curves",
        "compare_curves_chart",
    )
    if len(shown) > MANY:
        st.caption("Point at a line to see whose it is; of many epochs, 25 to 100 are drawn.")


def _choose_view(many: bool) -> CurveView:
    """Show what can be chosen of the curves; the page's address keeps it.

    Args:
        many: so many runs that at first neither all panels nor training curves are drawn.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metrics = st.pills(
            "Curves",
            list(CURVES.values()),
            selection_mode="multi",
            default=list(CURVES.values())[: _FEW if many else None],
            key="compare_metrics",
            bind="query-params",
        )
        parts = st.pills(
            "Of",
            PARTS,
            selection_mode="multi",
            default=["validation"] if many else list(PARTS),
            key="compare_parts",
            help="The pictures that the network learnt from, and those that it was checked on.",
            bind="query-params",
        )
        axis = st.segmented_control(
            "Over",
            ["epochs", "time"],
            default="epochs",
            required=True,
            key="compare_axis",
            bind="query-params",
        )
        smoothing = st.slider(
            "Smoothing",
            0.0,
            0.95,
            0.0,
            0.05,
            key="compare_smoothing",
            help="Share of the past in each point. It hides noise, and it hides peaks, too.",
            width=180,
            bind="query-params",
        )
        log_scale = st.toggle("Log scale", key="compare_log", bind="query-params")
        bands = st.toggle(
            "Seeds as a band",
            value=True,
            key="compare_bands",
            help="Runs that differ by their seed only become their mean, and a band from the "
            "lowest to the highest: how much is luck.",
            bind="query-params",
        )
    return CurveView(
        tuple(name for name, title in CURVES.items() if title in metrics),
        tuple(part for part in PARTS if part in parts),
        axis == "time",
        smoothing,
        log_scale,
        bands,
    )


def _show_overfitting(field: Field) -> None:
    """Show the gap between training and validation of each run, with what it means."""
    gaps = tabulate_overfitting(field.contenders, field.names)
    if gaps.empty:
        return
    st.subheader("Overfitting gap", anchor=False)
    st.caption(
        "Validation loss minus training loss: how much better the network knows the pictures that "
        "it learnt from. A gap that grows while validation gets worse is overfitting. It can be "
        "negative: augmentation and dropout make the training pictures harder. With up to three "
        "runs it is shaded in the chart of the loss."
    )
    table = gaps.assign(
        best_loss=gaps["best_loss"].map("{:#.3g}".format),
        gap_at_best=gaps["gap_at_best"].map("{:+#.3g}".format),
        gap=gaps["gap"].map("{:+#.3g}".format),
    ).rename(columns=_GAP_TITLES)
    st.dataframe(table[list(_GAP_TITLES.values())], hide_index=True, key="compare_gaps")
    offer_csv(gaps, "overfitting", "compare_gaps_csv")
