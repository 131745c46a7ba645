"""Two years of receivables, about 1,240 invoices of 50 customers: made up, and where it is at hand the real file."""

import pytest
from faults import SEED
from receivables import TWO_YEARS
from replay import REAL, made_up, replay


def test_two_years_of_made_up_receivables(workbench, smtp_sink, capsys):
    ledger = made_up("replay-two-years", SEED, TWO_YEARS)
    replay(workbench, smtp_sink, capsys, "replay-two-years", ledger, again=f"again with GHC_SEED={SEED}")


def test_two_years_of_real_receivables(workbench, smtp_sink, capsys):
    if not REAL.is_file():
        pytest.skip(f"the file of real receivables is not at hand: GHC_RECEIVABLES names it, or it is {REAL}")
    replay(workbench, smtp_sink, capsys, "replay-real", REAL, again=f"of {REAL.name}")
