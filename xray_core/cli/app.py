"""Every command by name, and the file that has it."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

_FILES = {
    "diagnose": "diagnose",
    "lungs": "diagnose",
    "screen": "screen",
    "models": "models",
    "evaluate": "models",
    "evaluate-lungs": "models",
    "data": "data",
    "presets": "train",
    "train": "train",
    "train-lungs": "train",
    "runs": "train",
    "search": "search",
    "compare": "compare",
}


class _Commands(Mapping[str, TyperCommand | TyperGroup]):
    """The commands; a file is loaded when one of its own is asked for.

    So an answer does not wait for tables and trainings, which take longer to load than to answer.
    """

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        file = import_module(f"xray_core.cli.{_FILES[name]}")
        return cast(TyperCommand | TyperGroup, get_group(file.app).commands[name])

    def __iter__(self) -> Iterator[str]:
        return iter(_FILES)

    def __len__(self) -> int:
        return len(_FILES)


class _LazyGroup(TyperGroup):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = cast(MutableMapping[str, Any], _Commands())


app = typer.Typer(
    cls=_LazyGroup, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False
)


@app.callback()
def _describe() -> None:
    """Chest X-rays: pneumonia or normal, and what speaks for it. Not a medical device."""
