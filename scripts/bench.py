"""Run the benchmark; see ``bench/run.py``."""

from bench.run import main

__all__ = ["main"]
