"""The table of scores, one score as a chart, and both to take away."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from ui.charts import offer_csv, show_chart
from ui.compare.read import compare, score
from ui.compare.speed import offer_speed, time_models
from xray_core.comparison.comparability import FLATTERING, MEANINGS
from xray_core.comparison.draw_scores import draw_score
from xray_core.comparison.field import Field
from xray_core.comparison.looks import describe_looks, read_looks
from xray_core.comparison.references import PUBLISHED, ReportedFigures, list_projects
from xray_core.comparison.scores import SCORES, ScoreRow, tabulate_reported, tabulate_scores
from xray_core.comparison.words import NOT_MEASURED, word_figure
from xray_core.glossary import explain, get_term

_EVIDENCE = "evidence_in_lungs"
_WORK, _PROJECTS = "Published work", "The five projects"
_MOST_IN_REPORT = 6  # models of which all pairs are tested
_COSTS = {
    **explain("parameters"),
    "Training time": "Of all its epochs, on the computer that trained it.",
    "ms an image": "Milliseconds of the network alone for one picture, on this computer; of many "
    "models measured by the button below.",
    "Standing": "What the figures may be compared with; the reasons stand below the table.",
    "Test pictures": "Which pictures the figures are from.",
    "Source": "Where somebody else reported these figures.",
}
_COST_FORMATS = {"Parameters": "localized", "Training time": "%.1f min", "ms an image": "%.1f"}
_MCC = SCORES["mcc"].title  # the one score below 0, where words are not sorted as numbers are


def show_scores(field: Field) -> None:
    """Show what each model reached, beside what others reported."""
    cards = [each.card for each in field.contenders if each.card]
    speeds = time_models(cards)
    own = [_measure(field, each.id, speeds.get(each.id)) for each in field.contenders]
    _warn_of_mixture(field, own)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Score",
            list(SCORES),
            format_func=lambda key: SCORES[key].title,
            key="compare_score",
            help="Drawn below, and the order of the table.",
            width=260,
            bind="query-params",
        )
        reported = st.pills(
            "Reported by others",
            [_WORK, _PROJECTS],
            selection_mode="multi",
            default=[_WORK],
            key="compare_reported",
            help="As their authors wrote them: no answers behind them, so no interval and no test.",
            bind="query-params",
        )
    rows = _sort([*own, *tabulate_reported(_list_reported(field, reported))], name, field)
    _show_table(rows, field)
    with st.container(horizontal=True):
        offer_csv(tabulate_scores(rows), "scores", "compare_scores_csv")
        _offer_report(field, rows)
    offer_speed(cards, speeds)
    _show_charts(rows, name, field)
    _explain(rows, field)


def _measure(field: Field, model_id: str, milliseconds: float | None) -> ScoreRow:
    row = score(field.find(model_id), field.any_tests[model_id])
    return replace(row, title=field.names[model_id], milliseconds=milliseconds)


def _list_reported(field: Field, chosen: Sequence[str]) -> list[ReportedFigures]:
    """Return the reported figures that were asked for, and those that a chosen model re-makes."""
    presets = {each.card.training.preset for each in field.contenders if each.card}
    published = PUBLISHED if _WORK in chosen else ()
    projects = [row for row in list_projects() if _PROJECTS in chosen or row.preset in presets]
    return [*published, *projects]


def _sort(rows: Sequence[ScoreRow], name: str, field: Field) -> list[ScoreRow]:
    """Return rows, the best first; then those that may not be compared with them."""

    def key(row: ScoreRow) -> tuple[bool, bool, float]:
        value = row.figures[name].value if name in row.figures else None
        apart = not field.may_stand_with(row)
        if value is None:
            return apart, True, 0.0
        return apart, False, value if SCORES[name].best_is_low else -value

    return sorted(rows, key=key)


def _warn_of_mixture(field: Field, rows: Sequence[ScoreRow]) -> None:
    """Say so where figures stand side by side that may not be compared."""
    apart = [field.names[each.id] for each in field.left_out if field.any_tests[each.id]]
    if apart:
        st.warning(
            f"Judged on other pictures than the rest, so not comparable with it: "
            f"{', '.join(apart)}. The reasons stand below the table.",
            icon=":material/balance:",
        )
    own = [row for row in rows if row.id in field.tests]
    standings = {row.badge.standing for row in own}
    flattering = [
        f"{row.title} ({row.badge.standing})" for row in own if row.badge.standing in FLATTERING
    ]
    if len(standings) > 1 and flattering:
        st.warning(
            f"These figures flatter: {', '.join(flattering)}. The reasons stand below the table.",
            icon=":material/balance:",
        )


def _show_charts(rows: Sequence[ScoreRow], name: str, field: Field) -> None:
    """Show the chosen score, and beside it, always, whether the model looks at the lungs."""
    # All runs of the five projects would hide one's own.
    rows = [row for row in rows if row.id or field.may_stand_with(row)]
    comparable = {row.title for row in rows if field.may_stand_with(row)}
    st.caption(f"**{SCORES[name].title}**: {SCORES[name].meaning}")
    columns = st.columns([3, 2] if name != _EVIDENCE else 1)
    with columns[0]:
        figure = draw_score(rows, name, field.styles, comparable)
        show_chart(figure, _tabulate(rows, name), name, "compare_score_chart")
        if len(comparable) < len(rows):
            st.caption("Hollow marks may not be compared with the others.")
    if name != _EVIDENCE:
        with columns[1]:
            own = [row for row in rows if row.id]
            figure = draw_score(own, _EVIDENCE, field.styles, comparable)
            show_chart(figure, _tabulate(own, _EVIDENCE), _EVIDENCE, "compare_evidence_chart")


def _tabulate(rows: Sequence[ScoreRow], name: str) -> pd.DataFrame:
    """Return one score of each model, with its interval, as numbers."""
    columns = ["id", "title", "test", name, f"{name}_low", f"{name}_high"]
    return tabulate_scores(rows)[columns]


def _show_table(rows: Sequence[ScoreRow], field: Field) -> None:
    from xray_core.comparison.report import tabulate_words

    table = tabulate_words(rows).assign(
        # Numbers, so that a click sorts them as such.
        **{
            "Parameters": [row.parameters for row in rows],
            "Training time": [row.training_seconds and row.training_seconds / 60 for row in rows],
            "ms an image": [row.milliseconds for row in rows],
            _MCC: [row.figures["mcc"].value if "mcc" in row.figures else None for row in rows],
        }
    )
    table.insert(0, " ", ["●" if field.may_stand_with(row) else "○" for row in rows])
    helps = {entry.title: entry.meaning for entry in SCORES.values()} | _COSTS
    st.dataframe(
        _style(table, rows, field),
        hide_index=True,
        key="compare_table",
        alt="Scores of the models",
        placeholder=NOT_MEASURED,
        column_config={
            " ": st.column_config.TextColumn(width=30, pinned=True),
            "Model": st.column_config.TextColumn(pinned=True, width=300),
            **{title: st.column_config.TextColumn(help=text) for title, text in helps.items()},
            _MCC: st.column_config.NumberColumn(help=helps[_MCC]),
            **{
                title: st.column_config.NumberColumn(help=_COSTS[title], format=form)
                for title, form in _COST_FORMATS.items()
            },
        },
    )
    st.caption(
        f"In brackets the 95 % interval. {get_term('interval').text} A click on a column sorts by "
        f"it."
    )


def _style(table: pd.DataFrame, rows: Sequence[ScoreRow], field: Field) -> Styler:
    """Return the table with each model's colour, and its MCC, a number, written as words."""
    colours = [
        f"color: {style.colour}" if (style := field.styles.get(row.id)) else "" for row in rows
    ]
    styled = table.style.apply(lambda _: colours, subset=[" "], axis=0)
    for place, row in enumerate(rows):
        styled.format(word_figure(row.figures.get("mcc")), subset=pd.IndexSlice[[place], [_MCC]])
    return styled


def _explain(rows: Sequence[ScoreRow], field: Field) -> None:
    """Say what may be compared with what, and how often the test was looked at."""
    st.subheader("What may be compared", anchor=False)
    looks = read_looks(field.names, field.fingerprint)
    table = pd.DataFrame(
        [
            {
                "Model": row.title,
                "Standing": row.badge.standing,
                "Why": f"{row.badge.reason} {describe_looks(looks.get(row.id, 0))}".strip(),
            }
            for row in rows
        ]
    )
    st.table(table.set_index("Model"))
    offer_csv(table, "standing", "compare_standing_csv")
    st.caption(" ".join(f"**{name.capitalize()}**: {said}" for name, said in MEANINGS.items()))


def _offer_report(field: Field, rows: Sequence[ScoreRow]) -> None:
    """Offer the whole comparison as one HTML file, made only when somebody asks for it."""

    def write() -> str:
        from xray_core.comparison.report import write_report

        judged = [each for each in field.contenders if each.id in field.tests][:_MOST_IN_REPORT]
        pairs = [
            compare(first, second, field.any_tests)
            for place, first in enumerate(judged)
            for second in judged[place + 1 :]
        ]
        return write_report(field, rows, pairs)

    st.download_button(
        "Report (HTML)",
        write,
        "comparison.html",
        "text/html",
        key="compare_report",
        icon=":material/description:",
        type="tertiary",
        on_click="ignore",
        help="Scores, curves, tests and settings in one file that opens without a network.",
    )
