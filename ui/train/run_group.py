"""Runs that belong together: the folds of a cross-validation, or a search."""

import pandas as pd
import streamlit as st

from ui.charts import offer_csv
from xray_core.training.jobs.run_folder import Run
from xray_core.training.jobs.search_runs import (
    describe_differing_pictures,
    find_best,
    read_published_auc,
)


def show_group(run: Run, runs: list[Run]) -> None:
    """Show how a run's siblings do, where it has any; the best of a search is named.

    Args:
        run: the one in view.
        runs: all there are.
    """
    group = [each for each in runs if run.request.group and each.request.group == run.request.group]
    if len(group) < 2:
        return
    crossed = run.config.folds > 1
    done = sum(not each.is_active for each in group)
    kind = "cross-validation" if crossed else "search"
    with st.expander(
        f"One of {len(group)} runs of a {kind}, {done} ended",
        icon=":material/workspaces:",
        key=f"train_group_{run.request.group}",
        expanded=True,
    ):
        aucs = [read_published_auc(each) for each in group]
        table = pd.DataFrame(
            {
                "Run": [each.request.title for each in group],
                "State": [each.state.status for each in group],
                "Validation AUC": aucs,
            }
        )
        st.dataframe(
            table.sort_values("Validation AUC", ascending=False), hide_index=True, width="stretch"
        )
        finished = table.loc[table["State"] == "finished", "Validation AUC"].dropna()
        best = find_best(group)
        if crossed and len(finished) > 1:
            st.caption(
                f"Mean of the finished folds {finished.mean():.3f}, standard deviation "
                f"{finished.std():.3f}."
            )
        elif best and not crossed:
            caution = describe_differing_pictures(group)
            st.caption(f"Highest so far: **{best[1]:.3f}**, {best[0].request.title}. {caution}")
        offer_csv(table, f"{kind}_{run.request.group}", f"train_group_csv_{run.request.group}")
