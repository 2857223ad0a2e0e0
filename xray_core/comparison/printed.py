"""What scikit-learn prints of a set of calls, letter by letter."""

import numpy as np
from sklearn.metrics import classification_report, confusion_matrix

CLASS_NAMES = ("NORMAL", "PNEUMONIA")


def print_report(labels: np.ndarray, called: np.ndarray) -> str:
    """Return ``classification_report`` of the calls.

    Args:
        labels: int (N,), 1 for pneumonia and 0 for normal.
        called: the same of the calls.
    """
    report: str = classification_report(
        labels, called, labels=[0, 1], target_names=CLASS_NAMES, zero_division=0
    )
    return report


def print_confusion(labels: np.ndarray, called: np.ndarray) -> str:
    """Return ``confusion_matrix`` of the calls: rows are what is, columns what was called.

    >>> print(print_confusion(np.array([0, 1, 1]), np.array([0, 0, 1])))
    [[1 0]
     [1 1]]
    """
    return str(confusion_matrix(labels, called, labels=[0, 1]))
