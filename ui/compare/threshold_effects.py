"""What a threshold does to each model: figures, curves, and what scikit-learn prints of it."""

from functools import partial

import plotly.graph_objects as go
import streamlit as st

from ui.charts import offer_csv, show_chart
from xray_core.comparison.draw_thresholds import (
    draw_net_benefit,
    draw_precision_recall,
    draw_reliability,
    draw_roc,
)
from xray_core.comparison.drawn_points import tabulate_drawn
from xray_core.comparison.field import Field
from xray_core.comparison.predictions import Predictions
from xray_core.comparison.printed import print_confusion, print_report
from xray_core.comparison.use import tabulate_use
from xray_core.comparison.words import QUICK_INTERVALS
from xray_core.glossary import explain, get_term


def show_figures(
    field: Field,
    tests: dict[str, Predictions],
    thresholds: dict[str, float],
    use: tuple[float, float],
) -> None:
    """Show what the calls mean where pneumonia has the chosen share, and misses their cost."""
    table = tabulate_use(field, tests, thresholds, *use)
    helps = explain(
        "threshold",
        "sensitivity",
        "specificity",
        "ppv",
        "npv",
        "missed",
        "false_alarms",
        "cost",
    )
    st.dataframe(
        table,
        hide_index=True,
        key="compare_threshold_table",
        column_config={
            name: st.column_config.TextColumn(help=text) for name, text in helps.items()
        },
    )
    st.caption(QUICK_INTERVALS)
    offer_csv(table, "threshold", "compare_threshold_csv")


def show_charts(
    field: Field, tests: dict[str, Predictions], thresholds: dict[str, float], prevalence: float
) -> None:
    """Show the curves on which a threshold is a point, and how far probabilities hold."""
    told = (tests, thresholds, field.names, field.styles)
    labels = next(iter(tests.values())).labels
    if labels.all() or not labels.any():
        st.info("Only one class occurs in these pictures, so there is no curve to draw.")
        return
    left, right = st.columns(2)
    with left:
        st.subheader("ROC", anchor=False, help=get_term("roc").text)
        _show_chart(draw_roc(*told), "roc")
    with right:
        st.subheader("Precision and recall", anchor=False, help=get_term("pr_auc").text)
        _show_chart(draw_precision_recall(*told), "precision_recall")
    left, right = st.columns(2)
    with left:
        st.subheader(
            "Reliability",
            anchor=False,
            help=get_term("calibration").text,
        )
        _show_chart(draw_reliability(tests, field.names, field.styles), "reliability")
    with right:
        st.subheader(
            "Decision curve",
            anchor=False,
            help=get_term("net_benefit").text,
        )
        figure = draw_net_benefit(tests, field.names, field.styles, prevalence)
        _show_chart(figure, "decision_curve")


def _show_chart(figure: go.Figure, name: str) -> None:
    """Show a chart, and offer the points that it draws."""
    show_chart(figure, partial(tabulate_drawn, figure), name, f"compare_{name}")


def show_printed(field: Field, tests: dict[str, Predictions], thresholds: dict[str, float]) -> None:
    """Show what students have in their notebooks."""
    with st.expander("As scikit-learn prints it", icon=":material/terminal:"):
        for model_id, test in tests.items():
            called = (test.probabilities >= thresholds[model_id]).astype(int)
            st.markdown(f"**{field.names[model_id]}**, threshold {thresholds[model_id]:.3f}")
            st.code(print_report(test.labels, called), language=None)
            st.code(print_confusion(test.labels, called), language=None)
