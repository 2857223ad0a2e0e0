"""What of some training curves was not kept, in words."""

from collections.abc import Mapping, Sequence

from xray_core.comparison.contenders import Contender
from xray_core.comparison.curve_view import CurveView
from xray_core.comparison.draw_curves import list_without
from xray_core.comparison.training_curves import CURVES, list_unnoted


def tell_what_lacks(
    contenders: Sequence[Contender], view: CurveView, names: Mapping[str, str]
) -> list[str]:
    """Return in sentences of which runs a curve was not kept, and so is not drawn."""
    missing = list_without(contenders, view.by_time)
    shown = [each for each in contenders if each not in missing]
    return [*_tell_missing(missing, names), *_tell_unnoted(shown, view, names)]


def _tell_missing(missing: Sequence[Contender], names: Mapping[str, str]) -> list[str]:
    """Return in sentences of which runs nothing can be drawn."""
    bare = [each for each in missing if each.history.empty]
    timeless = [each for each in missing if not each.history.empty]
    return [
        *([f"No curves were kept of {_join(bare, names)}."] if bare else []),
        *(
            [f"The times of the epochs were not noted for {_join(timeless, names)}."]
            if timeless
            else []
        ),
    ]


def _tell_unnoted(
    shown: Sequence[Contender], view: CurveView, names: Mapping[str, str]
) -> list[str]:
    """Return in sentences which curves of the runs that are drawn were not noted."""
    unnoted = list_unnoted(shown, view.metrics, view.parts)
    told = {CURVES[metric]: without for metric, without in unnoted.items()}
    for part in view.parts:
        for metric, without in list_unnoted(shown, view.metrics, [part]).items():
            told[f"{part}’s {CURVES[metric]}"] = [
                each for each in without if each not in unnoted.get(metric, ())
            ]
    lost: dict[str, list[str]] = {}
    for title, without in told.items():
        if without:
            lost.setdefault(_join(without, names), []).append(title)
    return [f"Not noted for {runs}: {', '.join(titles)}." for runs, titles in lost.items()]


def _join(runs: Sequence[Contender], names: Mapping[str, str]) -> str:
    return ", ".join(names[each.id] for each in runs)
