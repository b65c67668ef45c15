"""Measures the app on this machine: `python -m tests.bench`."""
