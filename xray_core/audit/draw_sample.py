"""Fewer pictures of a large data set, whole patients, always the same ones."""

import numpy as np
import pandas as pd


def draw_patients(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return all pictures of as many patients as fit into `most` pictures, in the same order.

    Args:
        rows: of an index.
        most: pictures; with no more than these, all rows come back.

    >>> rows = pd.DataFrame({"patient": ["a", "a", "b", "c", "c", "d"]})
    >>> draw_patients(rows, 4)["patient"].tolist()
    ['a', 'a', 'c', 'c']
    """
    if len(rows) <= most:
        return rows
    codes, names = pd.factorize(rows["patient"])
    order = np.random.default_rng(0).permutation(len(names))
    sizes = np.bincount(codes)[order]
    drawn = np.isin(codes, order[np.cumsum(sizes) <= most])
    return rows[drawn]
