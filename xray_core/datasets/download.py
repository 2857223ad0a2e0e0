"""The public data set that most work on pneumonia uses, fetched from Kaggle."""

import errno
import http.client
import importlib
import os
import ssl
import threading
import urllib.error
import urllib.request
from pathlib import Path

from xray_core.datasets.layout import find_layout
from xray_core.errors import DatasetError

PUBLIC_SET = "paultimothymooney/chest-xray-pneumonia"
PUBLIC_SET_PAGE = f"https://www.kaggle.com/datasets/{PUBLIC_SET}"

_VERSION = "2"  # named, so that everybody gets the same files, and a copy is found without internet
_PATIENCE_SECONDS = 5.0

_one_at_a_time = threading.Lock()  # kagglehub writes all downloads of a set into one file


def download_public_set() -> Path:
    """Return the folder that holds train, val and test, after fetching it if it is not here yet.

    2.3 GB come over the line and twice as much is kept, for Kaggle's files contain themselves a
    second time. They go to kagglehub's folder, ``~/.cache/kagglehub`` or what the environment
    variable KAGGLEHUB_CACHE names; once there, no internet is needed.

    Raises:
        DatasetError: kagglehub is not installed, Kaggle cannot be reached, or the download failed.

    Source:
        Kermany D, Zhang K, Goldbaum M. Labeled Optical Coherence Tomography (OCT) and Chest X-Ray
        Images for Classification. Mendeley Data, V2, 2018. doi:10.17632/rscbjbr9sj.2, CC BY 4.0;
        put on Kaggle by Paul Mooney.
    """
    try:
        kagglehub = importlib.import_module("kagglehub")  # optional, and seconds to import
    except ImportError as error:
        raise DatasetError(
            "Expected the package kagglehub, which fetches from Kaggle, found none that works. "
            "Install it with `.venv/bin/python -m pip install kagglehub` and try again."
        ) from error
    with _one_at_a_time:
        if not _is_here():
            _check_connection()
        try:
            folder = Path(kagglehub.dataset_download(f"{PUBLIC_SET}/versions/{_VERSION}"))
        except Exception as error:
            raise DatasetError(
                f"Expected to fetch the data set from Kaggle, but {_explain(error)}. Try again, or "
                f"fetch {PUBLIC_SET_PAGE} in a browser and choose the unpacked folder."
            ) from error
    return find_layout(folder).root


def _is_here() -> bool:
    cache = os.environ.get("KAGGLEHUB_CACHE") or Path.home() / ".cache" / "kagglehub"
    return Path(cache, "datasets", PUBLIC_SET, f"{_VERSION}.complete").is_file()


def _check_connection() -> None:
    """Refuse within seconds what kagglehub, which sets no time limit, could wait minutes for."""
    cause = [f"no answer came within {_PATIENCE_SECONDS:.0f} seconds"]

    def call() -> None:
        cause[0] = _call_kaggle()

    # The time limit of a connection leaves out the search for its address, which may take a minute.
    thread = threading.Thread(target=call, name="call-kaggle", daemon=True)
    thread.start()
    thread.join(_PATIENCE_SECONDS)
    if cause[0]:
        raise DatasetError(
            f"Expected to reach www.kaggle.com, got: {cause[0]}. Connect this computer to the "
            f"internet and try again, or choose a folder of X-rays that is already here."
        )


def _call_kaggle() -> str:
    """Return why Kaggle cannot be reached, or nothing; any answer will do."""
    request = urllib.request.Request("https://www.kaggle.com", method="HEAD")
    try:
        urllib.request.build_opener().open(request, timeout=_PATIENCE_SECONDS).close()
    except urllib.error.HTTPError as error:
        error.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        if not isinstance(reason, ssl.SSLError):  # kagglehub brings certificates of its own
            return _first_line(getattr(reason, "strerror", None) or str(reason))
    return ""


def _explain(error: Exception) -> str:
    """Return in a few words what went wrong.

    >>> _explain(OSError(28, "No space left on device"))
    'the disk is full'
    >>> _explain(ValueError("Unsupported archive type."))
    'it failed: Unsupported archive type'
    """
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 403):
        return f"Kaggle wants you to sign in first (HTTP {status}; see kagglehub.login)"
    if status:
        return f"Kaggle answered with HTTP {status}"
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if type(error).__module__.split(".")[0] in ("requests", "urllib3"):
        return "the connection broke off"
    return f"it failed: {_first_line(str(error) or type(error).__name__)}"


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "no reason given")
    return line.rstrip(".") if len(line) <= 100 else f"{line[:99]}…"
