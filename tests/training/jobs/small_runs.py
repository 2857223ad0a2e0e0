"""Runs with a stand-in for the worker, so that what can happen to one happens at once."""

import sys
import textwrap

from xray_core.training.config import TrainingConfig, change_config
from xray_core.training.jobs import supervise as supervise_module
from xray_core.training.presets.catalog import get_preset

LESSON: TrainingConfig = change_config(
    get_preset("lesson").config, {"input.size": 48, "epochs": 4, "batch_size": 8}
)

DEAF = "import time; time.sleep(60)"
SLEEPS_WITH_CHILD = (
    "import subprocess, sys, time; "
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"
)
CRASHES = "raise SystemExit(3)"
KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
LISTENS = textwrap.dedent("""
    import sys
    from xray_core.training import worker
    from xray_core.training.jobs.reporter import Reporter
    import time

    def work(run):
        from xray_core.errors import PneumoscopeError, StoppedError
        try:
            tell = Reporter(run).phase("training")
            while True:
                tell(1, 2)
                time.sleep(0.05)
        except StoppedError as error:
            return "cancelled", str(error)

    worker._work = work
    sys.exit(worker.main(sys.argv[1]))
""")


def use_worker(monkeypatch, code):
    """Let every run be carried out by some Python code, told the run's id."""
    monkeypatch.setattr(
        supervise_module, "worker_command", lambda run_id: [sys.executable, "-c", code, run_id]
    )
