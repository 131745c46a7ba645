"""Two years of real receivables, played day by day on a real database.

1,240 invoices of 50 customers are posted through Odoo on their dates and paid on their settlement dates; the clock is
moved by freezegun. The daily run and the sending of letters take place on each working day, a simulated collector does
what she is asked to do, and customers give promises that are kept or missed as the file says. Mail goes to a real mail
server on this machine.

Letters are rendered for real, and each twentieth is printed by the real PDF program; ``GHC_REPLAY_PDF=1`` prints all of
them, which takes some minutes more.
"""

import json
import os
import time
from pathlib import Path

import pytest

from scripts.paths import LOGS, ROOT

DATA = ROOT.parent / "shared" / "data" / "receivables-2012-2013.csv"


@pytest.mark.skipif(not DATA.is_file(), reason=f"the real receivables are not on this machine: {DATA}")
def test_two_years_of_real_receivables(database, odoo_server, odoo_ask, smtp_sink, capsys):
    name = database()
    server = odoo_server(name, smtp_port=smtp_sink.port)  # gives PDFs their styles
    started = time.monotonic()
    figures = odoo_ask(
        name,
        f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import replay_inside
env["ir.config_parameter"].set_param("report.url", {server.url!r})
env.cr.commit()
answer = replay_inside.play(env, {str(DATA)!r}, all_pdfs={os.environ.get("GHC_REPLAY_PDF") == "1"})
""",
        options=["--smtp=127.0.0.1", f"--smtp-port={smtp_sink.port}"],
    )
    seconds = time.monotonic() - started
    (LOGS / "replay.json").write_text(json.dumps({"total_seconds": round(seconds), **figures}, indent=2))
    with capsys.disabled():
        print(f"\nTwo years in {seconds:.0f} s: {json.dumps(figures)}")
    assert figures["failures"] == []
    assert figures["unpaid"] == 0
    assert figures["open"] == 0, "everything was paid in the end"
    assert figures["cases"] > 100
    assert sum(figures["promises"].values()) > 50
    assert {"kept", "late"} <= set(figures["promises"])
    assert "open" not in figures["promises"], "all was paid in the end"
    assert figures["disputes"].keys() == {"rejected", "withdrawn"}, "each was answered, or taken back"
    assert sum(figures["disputes"].values()) > 20
    assert figures["managers_told"] >= figures["late_answers"] > 0, "no late answer was passed over in silence"
    assert figures["steps_back"] > 0, "a kept promise takes its case a step back"
    sent = {key: count for key, count in figures["letters"].items() if key.startswith("sent/")}
    assert sum(sent.values()) == sum(figures["letters_by_step"].values())
    to_customers = [
        delivery for delivery in smtp_sink.deliveries if delivery.recipients[0].endswith("@customers.example")
    ]
    assert len(to_customers) == sent["sent/email"], "each e-mail reached the mail server exactly once"
    assert set(figures["letters"]) <= {"sent/email", "sent/post", "cancelled/email", "cancelled/post"}
