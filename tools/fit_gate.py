"""Fit the gate from the data folder: ``python -m tools.fit_gate DATA``.

Fitted on training patients of the lung outline, limits from its validation patients. Pictures that
lie in another way are made from upright ones; adults are those that the outline was trained on.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from xray_core.datasets.folder import list_labelled_images
from xray_core.datasets.split import split_by_patient
from xray_core.diagnosis.gate_model import GATE_FILE, GateModel, write_gate_model
from xray_core.diagnosis.picture_quality import measure_quality
from xray_core.errors import LungsNotFoundError
from xray_core.images.decode import decode_xray
from xray_core.images.xray import to_working_square
from xray_core.lungs.segment import LungSegmenter, separate_lungs
from xray_core.model_changes import add_file
from xray_core.model_store import DEFAULT_LUNGS, read_card

Turn = Callable[[np.ndarray], np.ndarray]

# In the order of POSES; each picture is turned in one of the ways, by chance.
_WAYS: tuple[tuple[Turn, ...], ...] = (
    (lambda square: square,),
    (lambda square: square[:, ::-1],),
    (lambda square: square[::-1, ::-1], lambda square: square[::-1]),
    (np.rot90, lambda square: np.rot90(square, 3)),
)
_VALIDATION_SHARE = 0.1  # that of the lung outline's own training
_COMPONENTS, _PICTURES_FOR_COMPONENTS = 300, 3500
_DISTANCE_AXES = 64
_STRENGTH = 0.01  # of the logistic regressions: scikit-learn's C
# Share of validation pictures beyond each limit: warned about, and, which is final, refused.
_FALSE_ALARMS, _FALSE_REFUSALS = 0.005, 0.002
# Strict, since a part of a chest is more like what is none: a share of them may be refused.
_CROPS_REFUSED = 0.05
_CUT_OFF_TRAINING, _CUT_OFF_VALIDATION = (0.1, 0.4), (1 / 6, 1 / 3)  # of the picture's width
_NTH_TRAINING, _NTH_VALIDATION = 3, 2  # of the pictures that are cropped


def fit_gate(data: Path) -> GateModel:
    """Return the fitted gate.

    Args:
        data: holds ``chest_xray/train`` and ``adult_lung_masks/shenzhen_montgomery/images``.
    """
    images = list_labelled_images(data / "chest_xray" / "train")
    parts = split_by_patient(images, lambda image: image.patient, _VALIDATION_SHARE)
    training, validation = ([image.path for image in part] for part in parts)
    adults = sorted((data / "adult_lung_masks" / "shenzhen_montgomery" / "images").iterdir())
    segmenter, rng = LungSegmenter(), np.random.default_rng(0)
    poses = [_see_all(segmenter, training, ways, rng) for ways in _WAYS]
    kept, kept_mirrored = (_see_all(segmenter, validation, ways, rng) for ways in _WAYS[:2])
    grown = _see_all(segmenter, adults, _WAYS[0], rng)
    pose_weights, pose_bias = _fit_linear(poses)
    adult_weights, adult_bias = _fit_linear([poses[0], grown])
    # A mirrored chest is a chest: without these, every third of them would be refused.
    mean, axes = _fit_distance(_average(np.concatenate([*poses[:2], grown])))
    places = (_average(np.concatenate([kept, kept_mirrored])) - mean) @ axes
    distances = np.sqrt(np.square(places).mean(axis=1))
    cropped_mean, cropped_axes, cropped_farthest = fit_crops(segmenter, training, validation)
    quality = _measure_all(segmenter, validation)
    return GateModel(
        pose_weights,
        pose_bias,
        adult_weights,
        adult_bias,
        mean,
        axes,
        farthest=np.quantile(distances, 1 - _FALSE_REFUSALS),
        cropped_mean=cropped_mean,
        cropped_axes=cropped_axes,
        cropped_farthest=cropped_farthest,
        quality_low=np.quantile(quality, _FALSE_ALARMS, axis=0),
        quality_high=_high(quality),
    )


def fit_crops(
    segmenter: LungSegmenter, training: Sequence[Path], validation: Sequence[Path]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, main axes and limit of pictures with a part cut off one side."""
    rng = np.random.default_rng(0)
    seen = [
        see_cropped(segmenter, path, bool(rng.integers(2)), rng.uniform(*_CUT_OFF_TRAINING))
        for path in training[::_NTH_TRAINING]
    ]
    mean, axes = _fit_distance(np.stack(seen))
    kept = [
        see_cropped(segmenter, path, at_right, share)
        for path in validation[::_NTH_VALIDATION]
        for at_right in (False, True)
        for share in _CUT_OFF_VALIDATION
    ]
    places = (np.stack(kept) - mean) @ axes
    distances = np.sqrt(np.square(places).mean(axis=1))
    return mean, axes, np.quantile(distances, 1 - _CROPS_REFUSED)


def see_cropped(segmenter: LungSegmenter, path: Path, at_right: bool, share: float) -> np.ndarray:
    """Return the average features of a picture with a share of its width cut off, (128,)."""
    xray = decode_xray(path.read_bytes(), path.name)
    cut = int(xray.width * share)
    columns = slice(0, xray.width - cut) if at_right else slice(cut, None)
    cropped = replace(xray, pixels=np.ascontiguousarray(xray.pixels[:, columns]))
    return segmenter.draw(to_working_square(cropped)).features.mean(axis=(0, 1))


def _see_all(
    segmenter: LungSegmenter, paths: Sequence[Path], ways: Sequence[Turn], rng: np.random.Generator
) -> np.ndarray:
    """Return the features of pictures, each turned in one of the ways, float16 (N, 7, 7, 128)."""
    seen = []
    for path in paths:
        turn = ways[int(rng.integers(len(ways)))]
        square = turn(to_working_square(decode_xray(path.read_bytes(), path.name)))
        seen.append(segmenter.draw(square).features.astype(np.float16))
    print(f"{len(seen)} pictures seen", flush=True)
    return np.stack(seen)


def _fit_linear(classes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (F, K) and bias (K,) that tell the classes apart; K is 1 for two of them."""
    features = np.concatenate(classes).reshape(sum(map(len, classes)), -1)
    labels = np.repeat(range(len(classes)), [len(one) for one in classes])
    some = np.random.default_rng(0).permutation(len(features))[:_PICTURES_FOR_COMPONENTS]
    chosen = features[some].astype(np.float32)
    centre, spread = chosen.mean(axis=0), chosen.std(axis=0) + 0.05
    pca = PCA(_COMPONENTS, svd_solver="randomized", iterated_power=2, random_state=0)
    components = pca.fit((chosen - centre) / spread).components_.T / spread[:, np.newaxis]
    reduced = (features - centre.astype(np.float16)) @ components
    fitted = LogisticRegression(C=_STRENGTH, max_iter=200).fit(reduced, labels)
    weights = components @ fitted.coef_.T
    return weights, fitted.intercept_ - centre.astype(np.float16).astype(np.float32) @ weights


def _average(features: np.ndarray) -> np.ndarray:
    return features.mean(axis=(1, 2), dtype=np.float32)


def _fit_distance(averages: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the main axes, each scaled to a spread of 1."""
    pca = PCA(_DISTANCE_AXES, svd_solver="full").fit(averages)
    return pca.mean_, pca.components_.T / np.sqrt(pca.explained_variance_)


def _measure_all(segmenter: LungSegmenter, paths: Sequence[Path]) -> np.ndarray:
    """Return the picture quality of all pictures with two lungs, float (N, 5)."""
    found = []
    for path in paths:
        square = to_working_square(decode_xray(path.read_bytes(), path.name))
        try:
            lungs = separate_lungs(segmenter.draw(square).probability > 0.5)
        except LungsNotFoundError:
            continue
        found.append(astuple(measure_quality(square, lungs)))
    return np.array(found)


def _high(values: np.ndarray) -> np.ndarray:
    return np.quantile(values, 1 - _FALSE_ALARMS, axis=0)


def main(data: Path) -> None:
    """Fit the gate and put it beside the lung outline."""
    add_file(read_card(DEFAULT_LUNGS), GATE_FILE, write_gate_model(fit_gate(data)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
