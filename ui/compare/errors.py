"""Which pictures go wrong, and where each model looked on them."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from ui.charts import offer_csv
from ui.compare.pictures import find_path, show_overlays, show_thumbnails
from xray_core.comparison.field import Field
from xray_core.comparison.mistakes import (
    ALL_WRONG,
    CONFIDENT,
    KINDS,
    ONE_RIGHT,
    count_by_kind,
    find_right,
    select_mistakes,
    tabulate_answers,
)
from xray_core.comparison.words import QUICK_INTERVALS

_MEANINGS = {
    ALL_WRONG: "Hard pictures, or wrong labels: look at them before blaming the models.",
    ONE_RIGHT: "What one model sees and the others do not.",
    CONFIDENT: "Pictures on which a model was sure and wrong, the surest first.",
}


@st.fragment
def show_errors(field: Field) -> None:
    """Show pictures that models get wrong, alone or together, and one of them in detail."""
    if not field.tests:
        st.info("None of the chosen models has answers on test pictures.")
        return
    if field.left_out:
        names = ", ".join(field.names[each.id] for each in field.left_out)
        st.caption(f"Not judged on these pictures, so left out: {names}.")
    answers = tabulate_answers(field.tests, field.thresholds)
    _show_kinds(answers, field)
    kind = st.segmented_control(
        "Which",
        KINDS,
        default=ALL_WRONG,
        required=True,
        key="compare_mistakes",
        label_visibility="collapsed",
        bind="query-params",
    )
    chosen = select_mistakes(answers, kind or ALL_WRONG)
    st.caption(f"{_MEANINGS[kind or ALL_WRONG]} {len(chosen):,} of {len(answers):,} pictures.")
    if chosen.empty:
        st.success("There is no such picture.", icon=":material/check:")
        return
    show_thumbnails(chosen["file"])
    picked = _show_list(chosen, field)
    if picked is not None:
        _show_picture(chosen.iloc[picked], field)


def _show_kinds(answers: pd.DataFrame, field: Field) -> None:
    """Show the share called right of normal, bacterial and viral pictures."""
    ids = list(field.tests)
    counts = count_by_kind(answers, ids, field.thresholds)
    told = counts.assign(
        words=[
            f"{100 * row.share:.1f} % [{100 * row.low:.1f}, {100 * row.high:.1f}], "
            f"{row.right:,} of {row.of:,}"
            for row in counts.itertuples()
        ]
    )
    kinds = list(dict.fromkeys(counts["kind"]))
    table = told.pivot(index="id", columns="kind", values="words").reindex(ids)[kinds]
    table.insert(0, "Called right", [field.names[model_id] for model_id in ids])
    st.dataframe(table, hide_index=True, key="compare_kinds")
    st.caption(QUICK_INTERVALS)
    offer_csv(counts, "by_kind", "compare_kinds_csv")


def _show_list(chosen: pd.DataFrame, field: Field) -> int | None:
    """Show the pictures with each model's probability; return the row that was picked."""
    ids = list(field.tests)
    right = find_right(chosen, ids, field.thresholds)
    table = chosen[["file", "kind"]].rename(columns={"file": "Picture", "kind": "Shows"})
    for place, model_id in enumerate(ids):
        table[field.names[model_id]] = [
            f"{probability:.3f} {'✓' if good else '✗'}"
            for probability, good in zip(chosen[model_id], right[:, place], strict=True)
        ]
    event = st.dataframe(
        table,
        hide_index=True,
        key="compare_mistake_list",
        on_select="rerun",
        selection_mode="single-row",
        height=min(320, 38 + 35 * len(table)),
    )
    st.caption(
        "Probability of pneumonia by each model; ✓ called right, ✗ called wrong. Tick a row to see "
        "the picture."
    )
    offer_csv(table, "mistakes", "compare_mistakes_csv")
    picked: Sequence[int] = event.selection.rows
    return picked[0] if picked and picked[0] < len(chosen) else None


def _show_picture(row: Mapping[str, object], field: Field) -> None:
    """Show one picture with each model's overlay, where the chosen data set holds it."""
    file = str(row["file"])
    st.subheader(file, anchor=False)
    path = find_path(file)
    if path is None:
        st.info(
            f"{file} is not in the data set that is chosen on the Data page, or that is not read "
            f"yet. Choose the one that these models were judged on to see the picture."
        )
        return
    show_overlays(path, field)
