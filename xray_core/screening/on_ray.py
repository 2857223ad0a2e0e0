"""Screening by all machines of a Ray cluster; they share the project's folder and the pictures."""

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from xray_core.errors import PneumoscopeError
from xray_core.screening.files import XRayFile
from xray_core.screening.screen import ScreenedFile, screen_chunk

_AT_ONCE = 8  # files that a process judges before it hands their lines over
_IN_A_BLOCK = 64


def screen_on_ray(
    files: Sequence[XRayFile], model_id: str | None = None
) -> Iterator[list[ScreenedFile]]:
    """Give the lines of a few files at a time, from the cluster that this machine belongs to.

    Args:
        files: on a disk that all machines see at the same path.
        model_id: who answers; the default model if None.

    Raises:
        PneumoscopeError: Ray is not installed, this machine belongs to no cluster, or it was lost.
    """
    if not files:
        return
    try:
        import ray
        from ray.data import ActorPoolStrategy, DataContext, from_items
        from ray.exceptions import RayError
    except ImportError as error:
        raise PneumoscopeError(
            "Ray is not installed. Run `pip install 'ray[default,tune]'`, or leave out --ray."
        ) from error
    try:
        ray.init("auto", log_to_driver=False, ignore_reinit_error=True)
    except ConnectionError as error:
        raise PneumoscopeError(
            "This machine belongs to no Ray cluster. Start one, send the command to its head with "
            "`ray job submit`, or leave out --ray."
        ) from error
    DataContext.get_current().enable_progress_bars = False
    processes = max(1, int(ray.cluster_resources().get("CPU", 1)))
    rows = [{"name": file.name, "path": str(file.source)} for file in files]
    screened = from_items(rows, override_num_blocks=-(-len(rows) // _IN_A_BLOCK)).map_batches(
        _Screener,
        fn_constructor_args=(model_id,),
        batch_size=_AT_ONCE,
        compute=ActorPoolStrategy(min_size=1, max_size=processes),
        num_cpus=1,
    )
    try:
        for row in screened.iter_rows():
            yield pickle.loads(row["lines"])
    except RayError as error:
        raise PneumoscopeError(
            f"The Ray cluster ended the screening: {str(error).splitlines()[0]} What was judged is "
            f"kept; run the command again."
        ) from error


class _Screener:
    """One process of the cluster; it loads the model with its first files."""

    def __init__(self, model_id: str | None) -> None:
        self._model_id = model_id

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, list[bytes]]:
        files = [
            XRayFile(name, Path(path))
            for name, path in zip(batch["name"], batch["path"], strict=True)
        ]
        return {"lines": [pickle.dumps(screen_chunk(self._model_id, files))]}
