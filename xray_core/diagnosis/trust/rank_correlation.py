"""How alike two maps are, whatever their scales."""

import numpy as np
from scipy.stats import rankdata


def correlate_ranks(first: np.ndarray, second: np.ndarray, where: np.ndarray) -> float:
    """Return Spearman's rank correlation of two maps, -1 to 1; 0 where one of them is flat.

    Args:
        first, second: float (H, W).
        where: bool (H, W), which pixels to compare.

    >>> a = np.array([[1.0, 2.0, 30.0]])
    >>> correlate_ranks(a, a**2, a > 0)
    1.0
    """
    ranks = [rankdata(values[where]) for values in (first, second)]
    if not all(np.ptp(each) > 0 for each in ranks):
        return 0.0
    return float(round(np.corrcoef(*ranks)[0, 1], 12))
