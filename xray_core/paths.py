"""Where things lie on disk."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED_MODELS = ROOT / "models"


def workspace() -> Path:
    """Return the folder for what the user makes: ``workspace`` beside the code.

    The environment variable PNEUMOSCOPE_WORKSPACE points elsewhere.
    """
    return Path(os.environ.get("PNEUMOSCOPE_WORKSPACE", ROOT / "workspace"))
