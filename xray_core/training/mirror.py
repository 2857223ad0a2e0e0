"""A mirror of a run in an MLflow server: settings, each epoch's figures, and files at the end.

MLflow is an optional extra and takes seconds to import, so the thread that needs it imports it.
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xray_core.errors import StoppedError
from xray_core.model_store import CARD_FILE
from xray_core.paths import workspace
from xray_core.training.jobs.run_folder import HISTORY_FILE, LOG_FILE, Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

_ADDRESS_VARIABLES = ("PNEUMOSCOPE_MLFLOW_URI", "MLFLOW_TRACKING_URI")
_EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_NAME"
_ID_FILE = "mlflow-run.txt"
_LOOK_SECONDS = 2.0
_LAST_SECONDS = 20.0  # a server that hangs may hold up the end of a run so long
_LONGEST_VALUE = 500  # letters that every MLflow server takes
# By itself MLflow waits for minutes, asks seven times, and reports what it is used for.
_HABITS = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


def mirror_address() -> str:
    """Return the address of the MLflow server; empty where runs are not mirrored."""
    return next(filter(None, map(os.environ.get, _ADDRESS_VARIABLES)), "")


@contextmanager
def mirror_run(run: Run) -> Iterator[None]:
    """Mirror a run while it is carried out, where an MLflow server is named.

    It happens in a thread beside the training, which reads what the run writes down anyway: a
    server that is slow or gone costs a line in the log, and what it missed is sent when it is back.
    """
    if not (address := mirror_address()):
        yield
        return
    mirror = _Mirror(run, address)
    thread = threading.Thread(target=mirror.keep_up, daemon=True)
    thread.start()
    try:
        yield
        mirror.end("FINISHED")
    except StoppedError:
        mirror.end("KILLED")
        raise
    except BaseException:
        mirror.end("FAILED")
        raise
    finally:
        thread.join(_LAST_SECONDS)


def end_mirrored(run: Run, status: str) -> None:
    """End a run in MLflow, with all that was missed, for a worker that died before it could.

    Args:
        run: whose worker is gone; nothing is done where it was not mirrored.
        status: as MLflow has it, ``FINISHED``, ``FAILED`` or ``KILLED``.
    """
    if (address := mirror_address()) and (run.folder / _ID_FILE).exists():
        mirror = _Mirror(run, address)
        mirror.end(status)
        mirror.keep_up()


def flatten_settings(values: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Return settings under dotted names, as short texts.

    >>> flatten_settings({"epochs": 6, "input": {"size": 96}})
    {'epochs': '6', 'input.size': '96'}
    """
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= flatten_settings(value, f"{above}{name}.")
        else:
            flat[above + name] = str(value)[:_LONGEST_VALUE]
    return flat


class _Mirror:
    """The run in MLflow that one of ours is mirrored in."""

    def __init__(self, run: Run, address: str) -> None:
        for name, value in _HABITS.items():
            os.environ.setdefault(name, value)
        self._run, self._address = run, address
        self._over, self._status = threading.Event(), ""
        self._sent: int | None = None

    def end(self, status: str) -> None:
        """Tell the thread how the run ended, so that it sends the rest and ends."""
        self._status = status
        self._over.set()

    def keep_up(self) -> None:
        """Send what is new until the run is over, and say where that is impossible."""
        try:
            from mlflow.exceptions import MlflowException
        except ImportError:
            print(
                "MLflow is not installed, so this run is not mirrored: `pip install mlflow-skinny`."
            )
            return
        works = True
        while True:
            last = self._over.wait(_LOOK_SECONDS)
            try:
                self._send_epochs()
                if last:
                    self._finish()
                works = True
            except (MlflowException, OSError) as error:
                if works:
                    print(
                        f"MLflow at {self._address} does not take the run, which goes on: {error}"
                    )
                works = False
            if last:
                return

    @cached_property
    def _client(self) -> "MlflowClient":
        from mlflow import MlflowClient

        return MlflowClient(tracking_uri=self._address)

    @cached_property
    def _id(self) -> str:
        """The run's id in MLflow, its settings sent; an attempt that goes on has the first's."""
        from mlflow.entities import Param

        kept = self._run.folder / _ID_FILE
        if not (kept.exists() and self._goes_on(kept.read_text())):
            kept.write_text(self._create())
        settings = flatten_settings(self._run.config.model_dump(mode="json"))
        params = [Param(name, value) for name, value in settings.items()]
        self._client.log_batch(kept.read_text(), params=params)
        return kept.read_text()

    def _goes_on(self, mlflow_id: str) -> bool:
        """Return whether the server knows a run, which now runs again."""
        from mlflow.exceptions import MlflowException

        try:
            self._client.update_run(mlflow_id, status="RUNNING")
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return False
        return True

    def _create(self) -> str:
        """Return the id of a new run in MLflow."""
        name = os.environ.get(_EXPERIMENT_VARIABLE, "pneumoscope")
        experiment = self._client.get_experiment_by_name(name)
        request = self._run.request
        tags = {"run": request.id, "group": request.group, "dataset": request.dataset_id}
        created = self._client.create_run(
            experiment.experiment_id if experiment else self._client.create_experiment(name),
            run_name=request.title,
            tags={f"pneumoscope.{tag}": value for tag, value in tags.items() if value},
        )
        return str(created.info.run_id)

    def _send_epochs(self) -> None:
        """Send the figures of the epochs that the server does not have yet."""
        from mlflow.entities import Metric

        if self._sent is None:
            there = self._client.get_metric_history(self._id, "val_loss")
            self._sent = max((metric.step for metric in there), default=0)
        history = self._run.read_history().drop(columns="epoch", errors="ignore")
        for epoch, figures in enumerate(history.to_dict("records"), start=1):
            if epoch > self._sent:
                metrics = [
                    Metric(str(name), float(value), int(time.time() * 1000), epoch)
                    for name, value in figures.items()
                ]
                self._client.log_batch(self._id, metrics=metrics)
                self._sent = epoch

    def _finish(self) -> None:
        card = workspace() / "models" / self._run.id / CARD_FILE
        for file in (self._run.folder / HISTORY_FILE, self._run.folder / LOG_FILE, card):
            if file.exists():
                self._client.log_artifact(self._id, str(file))
        self._client.set_terminated(self._id, self._status)
