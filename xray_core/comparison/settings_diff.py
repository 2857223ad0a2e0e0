"""In which settings runs differ."""

from collections.abc import Mapping, Sequence

import pandas as pd

from xray_core.comparison.contenders import Contender
from xray_core.errors import UnknownNameError
from xray_core.training.setting_words import word_value
from xray_core.training.settings import list_settings

_UNKNOWN = "–"  # not noted, or of no meaning for this network


def tabulate_settings(
    contenders: Sequence[Contender], names: Mapping[str, str], only_different: bool = True
) -> pd.DataFrame:
    """Return one row for each setting and one column for each run, as words.

    Args:
        contenders: the runs.
        names: id to name on screen.
        only_different: leave out what is the same everywhere.
    """
    told = [_tell_settings(contender.settings) | _facts(contender) for contender in contenders]
    fields = list(dict.fromkeys(field for settings in told for field in settings))
    table = pd.DataFrame(
        [[settings.get(field, _UNKNOWN) for settings in told] for field in fields],
        columns=[names[contender.id] for contender in contenders],
        index=pd.Index(fields, name="Setting"),
        dtype=object,
    )
    if only_different and len(contenders) > 1:
        table = table[table.nunique(axis=1) > 1]
    return table.reset_index()


def _tell_settings(settings: Mapping[str, object]) -> dict[str, str]:
    """Return settings by their names on screen; one that the form does not show keeps its own."""
    try:
        fields = list_settings(str(settings.get("architecture")))
    except UnknownNameError:  # of another version
        fields = {}
    flat = _flatten(settings)
    named = {str(fields[name].title): word_value(flat[name]) for name in flat if name in fields}
    own_names = {name.capitalize(): str(flat[name]) for name in flat if name not in fields}
    return own_names | named


def _flatten(settings: Mapping[str, object], above: str = "") -> dict[str, object]:
    """Return settings by dotted name.

    >>> _flatten({"input": {"size": 64}, "dropout": 0.2, "options": {}})
    {'input.size': 64, 'dropout': 0.2}
    """
    flat: dict[str, object] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{above}{name}.")
        else:
            flat[above + name] = value
    return flat


def _facts(contender: Contender) -> dict[str, str]:
    """Return what is known of the training beyond its settings."""
    if contender.card is None:
        return {}
    training = contender.card.training
    calibration = contender.card.calibration
    return {
        "Training data": training.data,
        "Training data, fingerprint": training.data_fingerprint[:12],
        "Training pictures": f"{training.training_images:,}",
        "Validation pictures": f"{training.validation_images:,}",
        "Validation pictures, fingerprint": training.split_fingerprint[:12],
        "Threshold": f"{calibration.threshold:.3g}",
        "Temperature": f"{calibration.temperature:.3g}",
        "Threshold from": calibration.source,
    }
