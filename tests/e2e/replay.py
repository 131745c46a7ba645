"""A ledger of receivables, played day by day on a real database; a small one in a minute or two, two years in the long tests.

Invoices are posted through Odoo on their dates and paid on their settlement dates; the clock is moved by freezegun. The daily
run and the sending of letters take place on each working day, a simulated collector does what she is asked to do, and
customers give promises that are kept or missed as the ledger says. Mail goes to a real mail server on this machine.

The ledger is made up (``receivables.py``), so that whoever has the repository can play it; ``GHC_SEED`` chooses another one.
Nothing is asserted that hangs on what happens to be in it: what must come of it is worked out from its rows
(``foretold.py``) and from notes of what was done (``replay_watcher.py``).

Letters are rendered for real, and each twentieth is printed by the real PDF program; ``GHC_REPLAY_PDF=1`` prints all of
them, which takes some minutes more.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

import receivables
from harness import Workbench
from receivables import LATE, PUNCTUAL, VERY_LATE, Shape

from scripts.mail_sink import MailSink
from scripts.paths import LOGS, ROOT

#: Real receivables, where they are at hand.
REAL = Path(os.environ.get("GHC_RECEIVABLES") or ROOT.parent / "shared" / "data" / "receivables-2012-2013.csv")

#: Few customers, of whom most pay late: as many stories as fit into two months.
SHORT = Shape(customers=16, days=21, invoices=(2, 4), habits={PUNCTUAL: 1, LATE: 2, VERY_LATE: 5})
#: The ledger that is played unless another is chosen.
USUAL_SEED = 2


def made_up(name: str, seed: int, shape: Shape) -> Path:
    """A made-up ledger, as a file in build/logs, where it can be looked at."""
    return receivables.write(receivables.generate(seed, shape), LOGS / f"{name}.csv")


def replay(workbench: Workbench, sink: MailSink, capsys: Any, name: str, ledger: Path, *, again: str) -> None:
    """Play the ledger and check what must hold whatever is in it.

    :param name: of the play; the figures are kept under it in build/logs
    :param again: how to play the same again
    """
    database = workbench.database()
    started = time.monotonic()
    figures = workbench.ask(
        database,
        f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import replay_inside
answer = replay_inside.play(env, {str(ledger)!r}, all_pdfs={os.environ.get("GHC_REPLAY_PDF") == "1"})
""",
        options=["--smtp=127.0.0.1", f"--smtp-port={sink.port}"],
    )
    seconds = time.monotonic() - started
    (LOGS / f"{name}.json").write_text(json.dumps({"total_seconds": round(seconds), **figures}, indent=2))
    with capsys.disabled():
        print(f"\n{name} ({again}) in {seconds:.0f} s: {json.dumps(figures)}")
    assert_all_went_well(figures, sink, again)


def assert_all_went_well(figures: dict[str, Any], sink: MailSink, again: str) -> None:
    """What must hold at the end of every play: all was paid, said, answered and sent once, and something has happened."""
    assert figures["failures"] == [], again
    assert figures["unpaid"] == 0, again
    assert figures["open"] == 0, f"everything was paid in the end; {again}"
    assert "open" not in figures["promises"], f"all was paid in the end; {again}"
    assert set(figures["disputes"]) <= {"rejected", "withdrawn"}, f"each was answered, or taken back; {again}"
    assert set(figures["letters"]) <= {"sent/email", "sent/post", "cancelled/email", "cancelled/post"}, again
    to_customers = [delivery for delivery in sink.deliveries if delivery.recipients[0].endswith("@customers.example")]
    sent = figures["letters"].get("sent/email", 0)
    assert len(to_customers) == sent, f"each e-mail reached the mail server exactly once; {again}"
    foretold = figures["foretold"]  # it has come, as the watcher has seen; it must be more than nothing
    assert foretold["cases"] >= foretold["reminders"] >= sum(foretold["first_calls"].values()) > 0, again
