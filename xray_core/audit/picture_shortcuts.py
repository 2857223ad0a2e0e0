"""How well a small model tells the classes apart when the lungs are hidden."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from xray_core.audit.cover_lungs import CoveredPictures
from xray_core.audit.cross_validate import (
    CrossValidated,
    cross_validate,
    number_classes,
    plan_folds,
)
from xray_core.audit.shortcut_report import Shortcut, make_shortcut
from xray_core.datasets.resplit import join_patients
from xray_core.numbers import word_estimate

_COMPONENTS = 40


class Way(NamedTuple):
    """One way to show pictures to the small model."""

    title: str
    show: Callable[[CoveredPictures], np.ndarray]


WAYS: Mapping[str, Way] = {
    "lungs_covered": Way("Lungs painted over", CoveredPictures.cover_lungs),
    "patch_covered": Way("Same patch painted over everywhere", CoveredPictures.cover_patch),
    "lung_outline": Way("Outline of the paint alone", CoveredPictures.show_outline),
    "whole_picture": Way("Whole picture", CoveredPictures.show_whole),
    "lungs_only": Way("Lungs alone", CoveredPictures.show_lungs),
}


def measure_pictures(
    covered: CoveredPictures, rows: pd.DataFrame, on_model: Callable[[], None]
) -> list[Shortcut]:
    """Return what a small model achieves on each of `WAYS` to show the pictures.

    Args:
        covered: the pictures.
        rows: one of an index for each, of classes with enough patients.
        on_model: told after each way.
    """
    classes = number_classes(rows["label"])
    groups = join_patients(rows["patient"], rows["content_hash"])
    folds = plan_folds(classes, groups)
    # Folds of few pictures cannot give more components than they have pictures.
    make_model = partial(_make_small_model, min(_COMPONENTS, max(1, len(rows) // 4)))
    results: dict[str, CrossValidated] = {}
    for name, way in WAYS.items():
        flat = way.show(covered).reshape(len(rows), -1)
        results[name] = cross_validate(flat, classes, groups, folds, make_model)
        on_model()
    return [
        make_shortcut(name, "picture", way.title, results[name], _say_picture(name, results))
        for name, way in WAYS.items()
    ]


def _say_picture(name: str, results: Mapping[str, CrossValidated]) -> str:
    auc = {other: word_estimate(*result) for other, result in results.items()}
    verb = "still tells" if results[name].auc >= 0.7 else "tells"
    if name == "lungs_covered":
        return (
            f"With the lungs painted over, a small model {verb} the classes apart with AUC "
            f"{auc[name]} (whole picture: {auc['whole_picture']}). Some or all of that may "
            f"come from the outline of the paint, which alone gives {auc['lung_outline']}."
        )
    if name == "patch_covered":
        return (
            "With the same patch painted over every picture, which hides nearly everybody's lungs "
            f"and has no telling outline, a small model {verb} the classes apart with AUC "
            f"{auc[name]}."
        )
    shown = {
        "lung_outline": "Shown nothing but where the paint lies",
        "whole_picture": "For comparison, shown the whole picture",
        "lungs_only": "For comparison, shown the lungs alone",
    }
    return f"{shown[name]}, a small model tells the classes apart with AUC {auc[name]}."


def _make_small_model(components: int) -> Any:
    """Return logistic regression on principal components."""
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    pca = PCA(components, whiten=True, svd_solver="randomized", random_state=0)
    return make_pipeline(pca, LogisticRegression(max_iter=1000))
