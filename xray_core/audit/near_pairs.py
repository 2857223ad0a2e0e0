"""Pairs of pictures that are one picture saved again, among many that only look alike."""

import cv2
import numpy as np

# Chest radiographs look alike, so hashes only suggest and fine detail decides. Measured on Kermany
# et al. 2018: 400 training pictures saved again (JPEG quality 30 and 75, scaled to 64, 112 and
# 500 x 400 pixels, brightness, contrast and noise, gamma 0.7 and 1.4, trimmed by 0.5 and 1 % of
# each side) differ from themselves in at most 10 bits, and one of them in more than 8 (gamma 0.7).
# All 40 full-size originals were paired with their reduced copies. Missed: local equalisation
# (10 %), trimming by 2 % of each side (all but one), mirroring.
_MOST_BITS = 8

# The correlation of high-passed 32 x 32 squares is at least .88 for the same copies. Among pictures
# of different patients within 8 bits it is at most .75 (10,579 pairs of children, all folders) and
# .85 (764 pairs of 704 adults, shenzhen_montgomery).
_LEAST_CORRELATION = 0.87

_HIGH_PASS_PIXELS = 1.0  # of 32
_MOST_NEIGHBOURS = 100  # the nearest ones; a folder of blank pictures must not fill the memory
_PAIRS_AT_ONCE = 20_000


def pair_hashes(hashes: np.ndarray) -> np.ndarray:
    """Return the pairs of hashes that differ in few bits, int64 (P, 2), the smaller place first.

    Args:
        hashes: uint64 (N,).

    >>> pair_hashes(np.array([0, 2**64 - 1, 7], np.uint64)).tolist()
    [[0, 2]]
    """
    pairs = [np.zeros((0, 2), np.int64)]
    for place, value in enumerate(hashes):
        bits = np.bitwise_count(hashes[place + 1 :] ^ value)
        near = np.flatnonzero(bits <= _MOST_BITS)
        if len(near) > _MOST_NEIGHBOURS:
            near = near[np.argsort(bits[near], kind="stable")[:_MOST_NEIGHBOURS]]
        if len(near):
            pairs.append(np.column_stack([np.full(len(near), place), near + place + 1]))
    return np.concatenate(pairs)


def correlate_pairs(squares: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return for each pair whether its fine detail is the same, bool (P,).

    Args:
        squares: uint8 (N, 32, 32).
        pairs: int (P, 2), places in `squares`.
    """
    detail = np.zeros((len(squares), squares[0].size if len(squares) else 0), np.float16)
    for place, square in enumerate(squares):
        detail[place] = _standardise_detail(square)
    same = np.zeros(len(pairs), bool)
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        first, second = pairs[start : start + _PAIRS_AT_ONCE].T
        products = np.einsum("ij,ij->i", detail[first], detail[second], dtype=np.float32)
        same[start : start + len(products)] = products >= _LEAST_CORRELATION
    return same


def _standardise_detail(square: np.ndarray) -> np.ndarray:
    """Return what a blur takes from a picture, flat, with mean 0 and length 1.

    A blank picture has no detail; any two blank ones count as the same.
    """
    picture = square.astype(np.float32)
    detail = (picture - cv2.GaussianBlur(picture, (0, 0), _HIGH_PASS_PIXELS)).ravel()
    detail -= detail.mean()
    length = float(np.linalg.norm(detail))
    if length < 1e-3:
        return np.full(detail.size, detail.size**-0.5, np.float32)
    return detail / np.float32(length)
