"""Everything that somebody may hold in a transaction that stays open, while the daily run or sending is at work."""

import pytest
from locks import LOCKED, serves_the_others


@pytest.mark.parametrize("what", LOCKED)
def test_the_daily_run_does_not_wait(run, tmp_path, what):
    serves_the_others(run, tmp_path, what)


@pytest.mark.parametrize("what", LOCKED)
def test_sending_does_not_wait(sending, tmp_path, what):
    serves_the_others(sending, tmp_path, what)
