"""Confusion matrices side by side, light enough to follow a slider."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from xray_core.comparison.style import Style
from xray_core.evaluation.metrics import Confusion

_STYLE = """
<style>
.confusion { display: flex; flex-wrap: wrap; gap: 1rem; }
.confusion figure { margin: 0; flex: 0 1 255px; }
.confusion figcaption { font-weight: 600; padding: 0 0 .3rem .5rem; border-left: 4px solid; }
.confusion table { border-collapse: collapse; width: 100%; font-size: .875rem; }
.confusion th { font-weight: 400; text-align: center; padding: .25rem; opacity: .8; }
.confusion td { text-align: center; padding: .55rem .4rem; border: 1px solid rgba(128,128,128,.35);
                line-height: 1.25; }
.confusion td strong { font-size: 1.1rem; display: block; }
.confusion .right { background: rgba(138, 145, 153, .16); }
.confusion .wrong { background: rgba(230, 159, 0, .3); }
</style>
"""


def show_confusions(
    counts: Mapping[str, Confusion], names: Mapping[str, str], styles: Mapping[str, Style]
) -> None:
    """Show one matrix a model: rows are what is, columns what was called, as scikit-learn has it.

    Args:
        counts: model id to counts.
        names, styles: model id to name and style.
    """
    figures = "".join(
        f'<figure><figcaption style="border-color: {styles[model_id].colour}">'
        f"{escape(names[model_id])}</figcaption>{_lay_out(found)}</figure>"
        for model_id, found in counts.items()
    )
    st.html(f'{_STYLE}<div class="confusion">{figures}</div>')


def _lay_out(counts: Confusion) -> str:
    normal, sick = counts.tn + counts.fp, counts.fn + counts.tp
    return (
        '<table><thead><tr><td style="border: none"></td><th scope="col">called normal</th>'
        '<th scope="col">called pneumonia</th></tr></thead><tbody>'
        f'<tr><th scope="row">normal</th>{_cell(counts.tn, normal, "right")}'
        f"{_cell(counts.fp, normal, 'wrong')}</tr>"
        f'<tr><th scope="row">pneumonia</th>{_cell(counts.fn, sick, "wrong")}'
        f"{_cell(counts.tp, sick, 'right')}</tr></tbody></table>"
    )


def _cell(count: int, whole: int, kind: str) -> str:
    share = f"{count / whole:.1%}".replace("%", " %") if whole else "–"
    return f'<td class="{kind}"><strong>{count:,}</strong>{share}</td>'
