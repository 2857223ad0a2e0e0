"""The interval of a share, at once, without loading what the other figures need."""

from statistics import NormalDist

_95_PERCENT = NormalDist().inv_cdf(0.975)


def wilson_interval(share: float, pictures: float) -> tuple[float, float]:
    """Return the 95 % interval of a share that was found on so many independent pictures.

    Args:
        share: 0 to 1.
        pictures: above 0; not whole where pictures that hang together count as fewer.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".

    >>> low, high = wilson_interval(0.9, 16)
    >>> round(low, 2), round(high, 2)
    (0.67, 0.98)
    """
    square = _95_PERCENT**2 / pictures
    middle = (share + square / 2) / (1 + square)
    spread = share * (1 - share) / pictures + square / pictures / 4
    half = _95_PERCENT / (1 + square) * spread**0.5
    return max(0.0, middle - half), min(1.0, middle + half)
