"""What the software says of itself: its version, and what it is not."""

import tomllib
from functools import cache

from xray_core.paths import ROOT

# Stands wherever an answer may be read.
DISCLAIMER = "For research and teaching. Not a medical device."


@cache
def name_software() -> str:
    """Return name and version, as ``pyproject.toml`` gives it, such as "Pneumoscope 0.1.0"."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return f"Pneumoscope {project['project']['version']}"
