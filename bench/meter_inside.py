"""Runs inside Odoo: measures what a piece of work costs in time, queries and memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from odoo import sql_db

STATUS = Path("/proc/self/status")
RESET_PEAK = "5"  # what the kernel wants to hear


class Meter:
    """Keeps the figures of each piece of work by its name: ``seconds``, ``queries``, ``megabytes`` (the most memory that the
    whole process has had meanwhile).
    """

    def __init__(self, env):
        self.env = env
        self.figures: dict[str, dict[str, float]] = {}

    def measure(self, name: str, work: Callable[[], Any], *, per: int = 1) -> Any:
        """Do ``work`` on a cold cache, commit it and note what it cost.

        :param per: over how many things it is to be divided; memory is not
        """
        self.env.flush_all()
        self.env.invalidate_all()
        Path("/proc/self/clear_refs").write_text(RESET_PEAK)
        queries, started = sql_db.sql_counter, time.perf_counter()
        result = work()
        self.env.cr.commit()  # what is put off to the commit, such as tracking, is part of the work
        seconds, queries = time.perf_counter() - started, sql_db.sql_counter - queries
        self.figures[name] = {"seconds": seconds / per, "queries": queries / per, "megabytes": _peak()}
        return result


def _peak() -> float:
    (line,) = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
