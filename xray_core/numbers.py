"""Numbers as every page writes them: three significant digits, estimates with their interval."""


def word_number(value: float) -> str:
    """Return a number with three significant digits; a whole one below a million with all.

    >>> word_number(3413729), word_number(0.034567), word_number(12.345), word_number(0)
    ('3.41 million', '0.0346', '12.3', '0')
    >>> word_number(1.5), word_number(-0.25), word_number(123.4), word_number(5216)
    ('1.50', '-0.250', '123', '5,216')
    """
    if value >= 1e6:
        return f"{value / 1e6:.3g} million"
    if value >= 1000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:#.3g}".removesuffix(".")


def word_percent(share: float) -> str:
    """Return a share in per cent, three significant digits, without the sign.

    >>> word_percent(0.9), word_percent(0.0546), word_percent(1.0)
    ('90.0', '5.46', '100')
    """
    return f"{100 * share:#.3g}".removesuffix(".")


def word_estimate(value: float, low: float, high: float) -> str:
    """Return an estimate from 0 to 1 with its 95 % interval, three digits after the point.

    >>> word_estimate(0.9, 0.85, 0.94)
    '0.900 [0.850, 0.940]'
    """
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"
