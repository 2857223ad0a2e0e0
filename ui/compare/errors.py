"""Which pictures go wrong, and where each model looked on them."""

import pandas as pd
import streamlit as st

from ui.charts import offer_csv
from ui.compare.pictures import find_files, show_overlays, show_thumbnails
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

_PICTURE = "compare_picture"  # in the page's address
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
    if kind == ONE_RIGHT and len(field.tests) < 2:
        st.info("It takes two models to tell what one alone sees: choose another one above.")
        return
    chosen = select_mistakes(answers, kind or ALL_WRONG)
    st.caption(f"{_MEANINGS[kind or ALL_WRONG]} {len(chosen):,} of {len(answers):,} pictures.")
    if chosen.empty:
        st.success("There is no such picture.", icon=":material/check:")
        return
    show_thumbnails(chosen, field)
    picked = _show_list(chosen, field, kind or ALL_WRONG)
    if picked is not None:
        _show_picture(chosen.iloc[[picked]], field)


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


def _show_list(chosen: pd.DataFrame, field: Field, kind: str) -> int | None:
    """Show the pictures with each model's probability; return the row that was picked.

    The page's address keeps the picture, by its name: other models, or another kind of mistake,
    put it into another row.
    """
    ids = list(field.tests)
    right = find_right(chosen, ids, field.thresholds)
    table = chosen[["picture", "kind"]].rename(columns={"picture": "Picture", "kind": "Shows"})
    for place, model_id in enumerate(ids):
        table[field.names[model_id]] = [
            f"{probability:.3f} {'✓' if good else '✗'}"
            for probability, good in zip(chosen[model_id], right[:, place], strict=True)
        ]
    names = list(chosen["picture"])
    rows = hash((kind, *names))  # a row that was picked among others would stay picked
    asked = st.query_params.get(_PICTURE)
    event = st.dataframe(
        table,
        hide_index=True,
        key=f"compare_mistake_list_{rows}",
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [names.index(asked)] if asked in names else []}},
        height=min(320, 38 + 35 * len(table)),
    )
    st.caption(
        "Probability of pneumonia by each model; ✓ called right, ✗ called wrong. Tick a row to see "
        "the picture."
    )
    offer_csv(table, "mistakes", "compare_mistakes_csv")
    picked: int | None = next(iter(event.selection.rows), None)
    if picked is None:
        st.query_params.pop(_PICTURE, None)
    else:
        st.query_params[_PICTURE] = names[picked]
    return picked


def _show_picture(answer: pd.DataFrame, field: Field) -> None:
    """Show one picture with each model's overlay, where the chosen data set holds it."""
    name = answer["picture"].iloc[0]
    st.subheader(name, anchor=False)
    files = find_files(answer)
    if len(files) == 1:
        show_overlays(files[0], field)
    elif files:
        st.info(
            f"{len(files)} files of the chosen data set have this name, and nothing in the answers "
            f"tells which of them was judged, so none is shown."
        )
    else:
        st.info(
            f"{name} is not in the data set that is chosen on the Data page, or that is not read "
            f"yet. Choose the one that these models were judged on to see the picture."
        )
