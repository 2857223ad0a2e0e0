"""`python -m xray_core.training.worker RUN`: the process that carries out one run."""

import errno
import os
import sys
import time
import traceback

from xray_core.errors import PneumoscopeError, StoppedError
from xray_core.training.jobs.reporter import Reporter
from xray_core.training.jobs.run_files import write_state
from xray_core.training.jobs.run_folder import RAY_JOB_VARIABLE, Run, read_run
from xray_core.training.jobs.run_records import RunState, Status
from xray_core.training.mirror import mirror_run


def main(run_id: str) -> int:
    """Carry out a run, keep how it ended, and return the exit code."""
    run = _wait_for_start(run_id)
    if run is None:
        print("This run was ended, or is carried out by another worker: nothing was done.")
        return 1
    status, message = _work(run)
    if read_run(run_id).state.attempt != run.state.attempt:
        print("Another worker has taken this run over.")
        return 1
    state = RunState(status=status, message=message, started=run.state.started, ended=time.time())
    write_state(run.folder, state)
    print(f"{status}: {message}" if message else status)
    return 0 if status == "finished" else 1


def _work(run: Run) -> tuple[Status, str]:
    """Return how the run ended, and what happened in words."""
    try:
        # TensorFlow takes seconds to import; a run that is cancelled meanwhile is killed.
        from xray_core.training.run import carry_out

        with mirror_run(run):
            return "finished", carry_out(run, Reporter(run))
    except StoppedError as error:
        return "cancelled", str(error)
    except PneumoscopeError as error:
        return "failed", str(error)
    except MemoryError:
        traceback.print_exc()
        return "failed", _NO_MEMORY
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return "failed", _NO_ROOM  # the log takes no more either
        traceback.print_exc()
        return "failed", f"{error}. What it learnt is kept; resume it when that is mended."
    except Exception as error:  # noqa: BLE001  whatever it is, the run must say so
        if os.strerror(errno.ENOSPC) in str(error):  # of TensorFlow, which calls it want of memory
            return "failed", _NO_ROOM
        traceback.print_exc()
        if type(error).__name__ == "ResourceExhaustedError":  # TensorFlow's want of memory
            return "failed", _NO_MEMORY
        return "failed", f"An unexpected {type(error).__name__}: {error}. The log says more."


_NO_ROOM = "The disk is full. Make room, then resume the run."
_NO_MEMORY = (
    "Memory ran out. What it learnt is kept; resume it, or start another with smaller batches or "
    "pictures."
)


def _wait_for_start(run_id: str) -> Run | None:
    """Return the run once its state names this attempt, which its parent writes; or None."""
    for _ in range(100):
        run = read_run(run_id)
        ours = run.state.ray_job == os.environ.get(RAY_JOB_VARIABLE, "")
        ours = ours and run.state.pid in (None, os.getpid())  # None on a cluster
        if ours and run.state.status == "running":
            return run
        time.sleep(0.05)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
