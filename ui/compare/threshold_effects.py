"""What a threshold does to each model: figures, curves, and what scikit-learn prints of it."""

from functools import partial

import pandas as pd
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
from xray_core.comparison.words import NOT_MEASURED, QUICK_INTERVALS, word_figure
from xray_core.evaluation.decision import estimate_share, weigh_consequences
from xray_core.glossary import explain, get_term


def show_figures(
    field: Field,
    tests: dict[str, Predictions],
    thresholds: dict[str, float],
    use: tuple[float, float],
) -> None:
    """Show what the calls mean where pneumonia has the chosen share, and misses their cost."""
    rows = []
    for model_id, test in tests.items():
        called = test.probabilities >= thresholds[model_id]
        sick, patients = test.labels == 1, test.table["patient"].to_numpy(str)
        found = estimate_share(called[sick], patients[sick])
        spared = estimate_share(~called[~sick], patients[~sick])
        row = {
            "Model": field.names[model_id],
            "Threshold": f"{thresholds[model_id]:.3f}",
            "Sensitivity": word_figure(found),
            "Specificity": word_figure(spared),
        }
        if found.value is not None and spared.value is not None:
            meant = weigh_consequences(found.value, spared.value, *use)
            row |= {
                "PPV": NOT_MEASURED if meant.ppv is None else f"{meant.ppv:.3f}",
                "NPV": NOT_MEASURED if meant.npv is None else f"{meant.npv:.3f}",
                "Missed in 1,000": f"{meant.missed:.3g}",
                "False alarms in 1,000": f"{meant.false_alarms:.3g}",
                "Cost in 1,000": f"{meant.cost:.3g}",
            }
        row["Threshold from"] = _tell_origin(field, model_id, thresholds[model_id])
        rows.append(row)
    table = pd.DataFrame(rows)
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


def _tell_origin(field: Field, model_id: str, threshold: float) -> str:
    contender = field.find(model_id)
    if contender.card is None or threshold != contender.threshold:
        return "the slider above"
    return contender.card.calibration.source


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
