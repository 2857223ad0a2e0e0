"""Where things lie on disk."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED_MODELS = ROOT / "models"


def workspace() -> Path:
    """Return the folder for what the user makes: ``workspace`` beside the code.

    The environment variable PNEUMOSCOPE_WORKSPACE points elsewhere; a relative path begins there,
    too, wherever a command was started.
    """
    return ROOT / (os.environ.get("PNEUMOSCOPE_WORKSPACE") or "workspace")
