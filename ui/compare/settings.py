"""In which settings the models differ; rename or delete one's own."""

import streamlit as st

from ui.charts import offer_csv
from ui.error_box import show_error
from xray_core.comparison.contenders import Contender
from xray_core.comparison.field import Field
from xray_core.comparison.settings_diff import tabulate_settings
from xray_core.errors import PneumoscopeError
from xray_core.model_changes import delete_model, rename_model

_FAILED = "compare_failed"


def show_settings(field: Field) -> None:
    """Show the settings that differ, and what can be done with one's own models."""
    everything = st.toggle(
        "Also those that are the same", key="compare_all_settings", bind="query-params"
    )
    table = tabulate_settings(field.contenders, field.names, only_different=not everything)
    if len(table):
        st.dataframe(table, hide_index=True, key="compare_settings")
        offer_csv(table, "settings", "compare_settings_csv")
    else:
        st.info("The chosen models were trained with the same settings on the same pictures.")
    st.subheader("Your models", anchor=False)
    if _FAILED in st.session_state:
        show_error(st.session_state.pop(_FAILED))
    own = [each for each in field.contenders if each.own and each.card is not None]
    for contender in own:
        _offer_changes(contender)
    if not own:
        st.caption("Shipped models are read-only; none of your own is chosen above.")


def _offer_changes(contender: Contender) -> None:
    key = f"compare_title_{contender.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(f"Name of {contender.id}", contender.title, key=key, max_chars=80, width=360)
        st.button(
            "Rename",
            icon=":material/edit:",
            key=f"compare_rename_{contender.id}",
            on_click=_rename,
            args=(contender.id, key),
        )
        with st.popover("Delete", icon=":material/delete:"):
            st.write(
                "Removes the model with its answers and curves from this computer. The folder of "
                "its run stays on the Train page."
            )
            st.button(
                f"Delete {contender.title}",
                key=f"compare_delete_{contender.id}",
                on_click=_delete,
                args=(contender.id,),
            )


def _rename(model_id: str, key: str) -> None:
    try:
        rename_model(model_id, st.session_state[key])
    except PneumoscopeError as error:
        st.session_state[_FAILED] = error


def _delete(model_id: str) -> None:
    try:
        delete_model(model_id)
    except PneumoscopeError as error:
        st.session_state[_FAILED] = error
