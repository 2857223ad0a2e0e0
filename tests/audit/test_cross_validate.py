"""AUC by patient: agrees with scikit-learn, sees both directions, learns no patient by heart."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from xray_core.audit.cross_validate import _Question, cross_validate, plan_folds


def make_tree():
    return DecisionTreeClassifier(max_leaf_nodes=8, min_samples_leaf=5, random_state=0)


def judge(values, classes, groups):
    return cross_validate(values, classes, groups, plan_folds(classes, groups), make_tree)


def test_folds_keep_groups_whole_and_see_every_picture_once():
    groups = np.repeat(np.arange(40), 3)
    folds = plan_folds(groups % 2, groups)
    assert sorted(np.concatenate([unseen for _, unseen in folds])) == list(range(120))
    assert not any(set(groups[fitted]) & set(groups[unseen]) for fitted, unseen in folds)


def test_weighted_auc_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    positive = rng.random(200) < 0.4
    scores = np.round(rng.random(200) + 0.2 * positive, 1) / 2
    weights = rng.integers(0, 4, 200).astype(float)
    expected = roc_auc_score(positive, scores, sample_weight=weights)
    (found,) = _Question(positive, scores).auc(weights[np.newaxis])
    assert found == pytest.approx(expected)


def test_both_ends_may_speak_for_one_class():
    values = np.random.default_rng(0).random((400, 1))
    classes = (np.abs(values[:, 0] - 0.5) > 0.25).astype(int)
    result = judge(values, classes, np.arange(400))
    assert result.auc > 0.97
    assert result.low <= result.auc <= result.high


def test_what_tells_nothing_is_near_one_half():
    rng = np.random.default_rng(0)
    classes = (rng.random(600) < 0.7).astype(int)
    result = judge(rng.random((600, 1)), classes, np.arange(600))
    assert result.low < 0.5 < result.high
    constant = judge(np.ones((600, 1)), classes, np.arange(600))
    assert constant == (0.5, 0.5, 0.5)


def test_patients_cannot_be_learned_by_heart():
    # Each patient has a value of their own, so a model that saw them knows their label.
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 10)
    classes = (rng.random(60) < 0.5).astype(int)[groups]
    values = rng.random(60)[groups][:, np.newaxis]
    result = judge(values, classes, groups)
    assert 0.3 < result.auc < 0.7
    assert result.high - result.low > 0.15  # sixty patients, not six hundred pictures


def test_three_classes_are_averaged():
    classes = np.repeat([0, 1, 2], 60)
    told = judge(classes[:, np.newaxis].astype(float), classes, np.arange(180))
    assert told.auc == 1
    one = (classes == 0).astype(float)[:, np.newaxis]
    assert 0.75 < judge(one, classes, np.arange(180)).auc < 0.9
