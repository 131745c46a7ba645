"""Real receivables, played day by day on a real database; a part of them in a few minutes, all of them in the long tests.

Invoices of 50 customers are posted through Odoo on their dates and paid on their settlement dates; the clock is moved by
freezegun. The daily run and the sending of letters take place on each working day, a simulated collector does what she is
asked to do, and customers give promises that are kept or missed as the file says. Mail goes to a real mail server on this
machine.

Letters are rendered for real, and each twentieth is printed by the real PDF program; ``GHC_REPLAY_PDF=1`` prints all of
them, which takes some minutes more.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from harness import Workbench

from scripts.mail_sink import MailSink
from scripts.paths import LOGS, ROOT

DATA = ROOT.parent / "shared" / "data" / "receivables-2012-2013.csv"
needs_receivables = pytest.mark.skipif(
    not DATA.is_file(), reason=f"the real receivables are not on this machine: {DATA}"
)


def replay(workbench: Workbench, sink: MailSink, capsys: Any, name: str, **stretch: str) -> dict[str, Any]:
    """Play the receivables, check what must hold whatever the stretch, and return the figures for what depends on it.

    :param name: of the stretch; the figures are kept under it in build/logs
    :param stretch: ``first_day`` and ``last_day`` of the invoices, in ISO format
    """
    database = workbench.database()
    started = time.monotonic()
    figures = workbench.ask(
        database,
        f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import replay_inside
answer = replay_inside.play(env, {str(DATA)!r}, all_pdfs={os.environ.get("GHC_REPLAY_PDF") == "1"}, **{stretch!r})
""",
        options=["--smtp=127.0.0.1", f"--smtp-port={sink.port}"],
    )
    seconds = time.monotonic() - started
    (LOGS / f"{name}.json").write_text(json.dumps({"total_seconds": round(seconds), **figures}, indent=2))
    with capsys.disabled():
        print(f"\n{name} in {seconds:.0f} s: {json.dumps(figures)}")
    assert_all_went_well(figures, sink)
    return figures


def assert_all_went_well(figures: dict[str, Any], sink: MailSink) -> None:
    """What must hold at the end of every stretch: all was paid, said, answered and sent once."""
    assert figures["failures"] == []
    assert figures["unpaid"] == 0
    assert figures["open"] == 0, "everything was paid in the end"
    assert {"kept", "late"} <= set(figures["promises"])
    assert "open" not in figures["promises"], "all was paid in the end"
    assert figures["disputes"].keys() == {"rejected", "withdrawn"}, "each was answered, or taken back"
    assert figures["managers_told"] >= figures["late_answers"] > 0, "no late answer was passed over in silence"
    assert figures["steps_back"] > 0, "a kept promise takes its case a step back"
    sent = {key: count for key, count in figures["letters"].items() if key.startswith("sent/")}
    assert sum(sent.values()) == sum(figures["letters_by_step"].values())
    to_customers = [delivery for delivery in sink.deliveries if delivery.recipients[0].endswith("@customers.example")]
    assert len(to_customers) == sent["sent/email"], "each e-mail reached the mail server exactly once"
    assert set(figures["letters"]) <= {"sent/email", "sent/post", "cancelled/email", "cancelled/post"}
