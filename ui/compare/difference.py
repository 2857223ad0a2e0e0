"""Whether two models differ by more than chance."""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd
import streamlit as st

from ui.charts import offer_csv
from ui.compare.read import compare
from ui.words import offer_words
from xray_core.comparison.contenders import Contender
from xray_core.comparison.field import Field
from xray_core.comparison.pairs import Pair, warn_of_many
from xray_core.comparison.words import word_count, word_p

_MOST_IN_TABLE = 8


def show_difference(field: Field) -> None:
    """Show two models picture by picture, then every pair of the chosen ones."""
    if len(field.contenders) < 2:
        st.info("Choose at least two models above: one alone differs from nothing.")
        return
    pair = _choose_pair(field)
    if pair is None:
        return
    if pair.refusal:
        st.error(" ".join(pair.say(field.names)), icon=":material/balance:")
    else:
        *differences, thresholds = pair.say(field.names)
        for sentence in differences:
            st.info(sentence, icon=":material/compare_arrows:")
        for sentence in field.flag(pair):
            st.warning(sentence, icon=":material/balance:")
        st.caption(thresholds)
        _show_counts(pair, field)
    offer_words("mcnemar", "delong", "difference_interval", "images_to_tell", "accuracy", "auc")
    _show_all(field)


def _choose_pair(field: Field) -> Pair | None:
    names = {field.names[each.id]: each for each in field.contenders}
    judged = [field.names[model_id] for model_id in field.tests] or list(names)
    for key in ("compare_first", "compare_second"):
        if st.session_state.get(key) not in names:
            st.session_state.pop(key, None)
    left, right = st.columns(2)
    with left:
        first = st.selectbox(
            "First model",
            list(names),
            index=list(names).index(judged[0]),
            key="compare_first",
            bind="query-params",
        )
    with right:
        second = st.selectbox(
            "Second model",
            list(names),
            index=list(names).index(
                judged[1] if len(judged) > 1 else next(name for name in names if name != judged[0])
            ),
            key="compare_second",
            bind="query-params",
        )
    if first == second:
        st.info("Choose two different models.")
        return None
    return compare(names[first], names[second], field.any_tests)


def _show_counts(pair: Pair, field: Field) -> None:
    """Show how many pictures both, one or none got right."""
    first, second = field.names[pair.first], field.names[pair.second]
    both, only_first, only_second, none = pair.right
    table = pd.DataFrame(
        {
            f"{second} right": [both, only_second],
            f"{second} wrong": [only_first, none],
        },
        index=[f"{first} right", f"{first} wrong"],
    )
    st.table(table)
    offer_csv(table.rename_axis("pictures").reset_index(), "both_right", "compare_right_csv")
    told = f"The pictures that one alone got right decide: {only_first + only_second:,}."
    if pair.left_out:
        told += f" Left out, since not both answered: {pair.left_out:,}."
    st.caption(told)


def _show_all(field: Field) -> None:
    """Show every pair of the chosen models as a table."""
    judged = [each for each in field.contenders if each.id in field.tests]
    if len(judged) < 3:
        return
    if len(judged) > _MOST_IN_TABLE:
        st.caption(f"Choose at most {_MOST_IN_TABLE} models to see all pairs as a table.")
        return
    if not st.toggle("All pairs", key="compare_all_pairs", bind="query-params"):
        return
    pairs = _compare_all(judged, field)
    table = pd.DataFrame(
        [
            {
                "First": field.names[pair.first],
                "Second": field.names[pair.second],
                "Compared": found.figure,
                "First minus second": f"{found.value:+.3f}",
                "95 % interval": ""
                if found.low is None or found.high is None
                else f"{found.low:+.3f} to {found.high:+.3f}",
                "Chance?": "hardly" if found.is_real else "could be" if found.is_chance else "edge",
                "p": word_p(found.p).removeprefix("p ").removeprefix("= "),
                "Images to tell": word_count(found.needed) if found.needed else "–",
            }
            for pair in pairs
            for found in pair.differences
        ]
    )
    st.dataframe(table, hide_index=True, key="compare_pairs")
    for flagged in (each.id for each in judged if each.id in field.cautions):
        st.caption(f":material/balance: {field.cautions[flagged]}")
    st.caption(warn_of_many(len(pairs)))
    flags = [" ".join(field.flag(pair)) for pair in pairs for _ in pair.differences]
    offer_csv(table.assign(Caution=flags), "differences", "compare_pairs_csv")


def _compare_all(judged: Sequence[Contender], field: Field) -> list[Pair]:
    with st.spinner("Drawing patients…"):
        return [compare(*pair, field.any_tests) for pair in combinations(judged, 2)]
