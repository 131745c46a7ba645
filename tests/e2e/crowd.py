"""Many at work at once; the short and the long tests share this."""

from pathlib import Path

from crashes import Undisturbed, received
from faults import assert_same

#: Run by a person who changes cases, letters and promises all the time, in short transactions, as screens do.
BUSY = """
import random
import time
from pathlib import Path
from odoo.service.model import retrying
chance = random.Random(seed)
customers = env["collection.case"].search([]).partner_id.ids
answer = {"written": 0, "refused": 0}
def change():
    table = chance.choice(["collection_case", "collection_letter", "collection_promise"])
    env.cr.execute(f"UPDATE {table} SET write_date = now() WHERE partner_id = %s", (chance.choice(customers),))
while not Path(folder, "free").exists():
    try:
        retrying(change, env)
        answer["written"] += 1
    except Exception:
        env.cr.rollback()
        answer["refused"] += 1
    time.sleep(pause)
"""


def as_one(run: Undisturbed, count: int) -> None:
    """``count`` processes do the same job at once; what comes of it is what one alone would have done."""
    crew = run.crew
    run.begin_again()
    jobs = [crew.start(run.script) for _number in range(count)]
    for ending in [job.end() for job in jobs]:
        assert ending.status == 0, ending.error
    crew.do(run.script)  # for what was left while others were at it
    assert_same(crew.picture(), run.picture)
    if run.sink:
        assert received(run.sink) == run.received


def beside_a_busy_person(run: Undisturbed, folder: Path, seed: int) -> dict[str, int]:
    """A job goes on while somebody writes to cases and letters all the time; it comes to the same end. How often the person
    gets to write depends on how long the job locks what it works on: one that is fast keeps everybody waiting once.

    :return: how often the person has written, and was refused
    """
    crew = run.crew
    run.begin_again()
    person = crew.start(BUSY, values={"folder": str(folder), "seed": seed, "pause": 0.001})
    person.begun()
    try:
        crew.do(run.script)
    finally:
        (folder / "free").touch()
    written = person.succeed()
    assert crew.query("SELECT last_error FROM collection_case WHERE last_error IS NOT NULL") == []
    crew.do(run.script)  # for what was in use again and again
    assert_same(crew.picture(), run.picture)
    if run.sink:
        assert received(run.sink) == run.received
    return written
