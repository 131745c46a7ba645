"""Somebody holds a record in a transaction that stays open; the short and the long tests of locks share this."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crashes import Undisturbed
from faults import Crew, assert_same
from office import wait_until

#: How long somebody keeps what is locked, unless it is given back before, and how long a job may take meanwhile.
HELD_SECONDS, PATIENCE_SECONDS = 60, 30
#: Run by somebody who opens a record and goes for coffee.
HOLD = """
import time
from pathlib import Path
env.cr.execute(statement)
Path(folder, "held").touch()
started = time.monotonic()
while not Path(folder, "free").exists() and time.monotonic() < started + seconds:
    time.sleep(0.05)
env.cr.rollback()
"""
#: What is locked, of the first customer of each kind.
LOCKED = {
    "the case": "SELECT id FROM collection_case WHERE partner_id IN ({customers}) FOR UPDATE",
    "the customer": "SELECT id FROM res_partner WHERE id IN ({customers}) FOR UPDATE",
    "the invoices": """SELECT line.id FROM account_move_line line JOIN account_move move ON move.id = line.move_id
                        WHERE move.partner_id IN ({customers}) FOR UPDATE""",
    "the promises": "SELECT id FROM collection_promise WHERE partner_id IN ({customers}) FOR UPDATE",
    "the plan": "SELECT id FROM collection_plan WHERE partner_id IN ({customers}) FOR UPDATE",
    "the dispute": "SELECT id FROM collection_dispute WHERE partner_id IN ({customers}) FOR UPDATE",
    "the letters": "SELECT id FROM collection_letter WHERE partner_id IN ({customers}) FOR NO KEY UPDATE",
    "the activities": """SELECT activity.id FROM mail_activity activity
                           JOIN collection_case kase ON kase.id = res_id AND res_model = 'collection.case'
                          WHERE kase.partner_id IN ({customers}) FOR UPDATE""",
}
#: One customer of each kind; their addresses begin with their names.
FIRST_ONES = "SELECT id FROM res_partner WHERE name LIKE '% 0' AND email LIKE '%0@customers.example'"


@contextmanager
def held(crew: Crew, folder: Path, what: str) -> Iterator[None]:
    """Somebody holds something of :data:`LOCKED` while the block lasts."""
    statement = LOCKED[what].format(customers=FIRST_ONES)
    job = crew.start(HOLD, values={"statement": statement, "folder": str(folder), "seconds": HELD_SECONDS})
    wait_until((folder / "held").exists, f"somebody holds {what}", pause=0.02)
    try:
        yield
    finally:
        (folder / "free").touch()
        job.succeed()


def serves_the_others(run: Undisturbed, folder: Path, what: str) -> None:
    """While somebody holds something of some customers, a job serves the others and does not wait; it serves these later."""
    crew = run.crew
    run.begin_again()
    names = crew.query(f"SELECT name FROM res_partner WHERE id IN ({FIRST_ONES})")
    addresses = crew.query(f"SELECT email FROM res_partner WHERE id IN ({FIRST_ONES})")
    with held(crew, folder, what):
        started = time.monotonic()
        crew.do(run.script)
        seconds = time.monotonic() - started
    assert seconds < PATIENCE_SECONDS, f"waited {seconds:.0f} s"
    assert_same(crew.picture(), run.picture, but=tuple(name for (name,) in names + addresses))
    crew.do(run.script)
    assert_same(crew.picture(), run.picture)
