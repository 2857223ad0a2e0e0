"""Workers as jobs of a Ray cluster, whose machines share this one's folders; see docs/scale.md."""

import os
import secrets
import shlex
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from xray_core.errors import PneumoscopeError
from xray_core.paths import ROOT, workspace
from xray_core.training.jobs.ray_cluster import (
    RUN_CORES,
    connect,
    failures,
    first_line,
    gpu_share,
    ray_address,
    require_answer,
)
from xray_core.training.jobs.run_files import write_progress, write_state
from xray_core.training.jobs.run_folder import LOG_FILE, RAY_JOB_VARIABLE, Run, read_run
from xray_core.training.jobs.run_records import RunProgress, RunState
from xray_core.training.jobs.started_worker import explain_exit

if TYPE_CHECKING:
    from ray.job_submission import JobDetails, JobSubmissionClient

_FORWARDED = ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "PNEUMOSCOPE_MLFLOW_URI")
_LOOK_SECONDS = 0.5
# Time for a head to restart; the workers of one that stays away end by themselves.
_SILENT_SECONDS = 60.0
_NOT_SHARED = 97  # the exit code where a machine lacks our folders; free in the shell and Python


def start_on_ray(run: Run, command: Sequence[str]) -> "RayWorker | None":
    """Submit a run's worker, note the job in the run's state, and return it.

    None where the run was cancelled while the cluster was asked.

    Raises:
        PneumoscopeError: the cluster does not answer or refuses.
    """
    address, job = ray_address(), f"{run.id}-{secrets.token_hex(4)}"
    client = connect(address)
    if read_run(run.id).state.status != "queued":
        return None
    log = run.folder.resolve() / LOG_FILE
    here, to, program = (shlex.quote(str(path)) for path in (ROOT, log, command[0]))
    state = RunState(status="running", ray_address=address, ray_job=job, started=time.time())
    write_state(run.folder, state)  # first, since the worker looks whether it is wanted
    try:
        log.touch()
        _stop_earlier_jobs(client, run)
        client.submit_job(
            entrypoint=f"cd {here} && [ -w {to} ] && [ -x {program} ] || exit {_NOT_SHARED}; "
            f"exec {shlex.join(command)} >> {to} 2>&1",
            submission_id=job,
            entrypoint_num_cpus=RUN_CORES,
            entrypoint_num_gpus=gpu_share(),
            runtime_env={"env_vars": _environment(job)},
        )
    except failures() as error:
        raise PneumoscopeError(
            f"The Ray cluster at {address} refused the run: {first_line(error)}"
        ) from error
    return RayWorker(read_run(run.id))


def find_on_ray(run: Run) -> "RayWorker | None":
    """Return a run's worker if it is a job of a cluster; whether it still runs it tells itself."""
    return RayWorker(run) if run.state.ray_job else None


class RayWorker:
    """A job of a cluster, which is asked now and then how it does."""

    def __init__(self, run: Run) -> None:
        self._run, self._heard, self._killed = run, time.time(), False
        self._end = ""

    def wait(self, seconds: float) -> bool:
        time.sleep(max(seconds, _LOOK_SECONDS))
        end = self._look()
        self._end = end or ""
        return end is not None

    def kill(self) -> None:
        self._killed = True
        with suppress(*failures()):  # it is asked again soon
            require_answer(self._run.state.ray_address)
            self._client.stop_job(self._run.state.ray_job)

    def explain_end(self) -> str:
        return self._end

    @cached_property
    def _client(self) -> "JobSubmissionClient":
        return connect(self._run.state.ray_address)

    def _look(self) -> str | None:
        """Return how the job ended, in words; None while it goes on."""
        try:
            require_answer(self._run.state.ray_address)  # it may have fallen silent
            job = self._client.get_job_info(self._run.state.ray_job)
        except failures() as error:
            return self._explain_silence(str(error))
        self._heard = time.time()
        if job.status.is_terminal():
            return self._explain(job)
        if job.status == "PENDING":
            if self._killed:
                return ""  # Ray ends it when its turn comes, and the worker knows that it is late
            if self._run.read_progress() is None:
                told = RunProgress(phase="waiting for a place in the Ray cluster")
                write_progress(self._run.folder, told)
        return None

    def _explain(self, job: "JobDetails") -> str:
        if job.driver_exit_code == _NOT_SHARED:
            return (
                f"A machine of the Ray cluster lacks {ROOT} with its .venv, or cannot write to "
                f"{self._run.folder}. Share both with it at the same paths, then resume."
            )
        if job.driver_exit_code is not None:
            return explain_exit(job.driver_exit_code)
        return (
            "The Ray cluster ended the run, or lost the machine that carried it out: "
            f"{first_line(Exception(job.message))} What it learnt is kept; resume it."
        )

    def _explain_silence(self, error: str) -> str | None:
        """Return what is to be thought of a cluster that did not tell of the job."""
        if "does not exist" in error:
            return (
                f"The Ray cluster at {self._run.state.ray_address} no longer knows the run, as "
                "after a restart. What it learnt is kept; resume it."
            )
        if self._killed:
            return ""  # a worker that lives reads the wish from its folder
        told = self._run.read_progress()
        if time.time() - max(self._heard, told.updated if told else 0) < _SILENT_SECONDS:
            return None
        return (
            f"Neither the Ray cluster at {self._run.state.ray_address} nor the run was heard of "
            "for a minute. What it learnt is kept; resume it when the cluster is back."
        )


def _stop_earlier_jobs(client: "JobSubmissionClient", run: Run) -> None:
    """Stop attempts that were lost from sight, so that no two write into the same folder."""
    for job in client.list_jobs():
        ours = (job.submission_id or "").rpartition("-")[0] == run.id
        if job.submission_id and ours and not job.status.is_terminal():
            client.stop_job(job.submission_id)


def _environment(job: str) -> dict[str, str]:
    """Return what a worker is told; no more, as Ray's dashboard shows it to everybody."""
    forwarded = {name: os.environ[name] for name in _FORWARDED if name in os.environ}
    return forwarded | {
        "PNEUMOSCOPE_WORKSPACE": str(workspace().resolve()),
        RAY_JOB_VARIABLE: job,
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "RAY_JOB_STOP_WAIT_TIME_S": "1",  # before it is killed; Ray gives three
    }
