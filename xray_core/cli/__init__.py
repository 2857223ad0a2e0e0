"""`python -m xray_core`: the command line."""
