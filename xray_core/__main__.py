"""`python -m xray_core`: the command line."""

from xray_core.cli.app import app

app(prog_name="python -m xray_core")
