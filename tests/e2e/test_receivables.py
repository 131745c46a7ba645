"""The made-up ledger is what it says, and says enough: known from its rows, without Odoo."""

import doctest
from collections import Counter, defaultdict
from datetime import timedelta
from functools import cache
from statistics import mean

import foretold
import pytest
import receivables
from receivables import TWO_YEARS
from replay import SHORT, USUAL_SEED

SEEDS = range(6)


@cache
def two_years(seed):
    return ledger_of(seed, TWO_YEARS)


def ledger_of(seed, shape):
    return [receivables.typed(row) for row in receivables.generate(seed, shape)]


@pytest.mark.parametrize("shape", [SHORT, TWO_YEARS], ids=["short", "two years"])
@pytest.mark.parametrize("seed", SEEDS)
def test_rows_hold_together(seed, shape):
    ledger = ledger_of(seed, shape)
    fewest, most = shape.invoices
    assert len({row.number for row in ledger}) == len(ledger)
    assert len({row.customer for row in ledger}) == shape.customers
    assert all(fewest <= count <= most for count in Counter(row.customer for row in ledger).values())
    for row in ledger:
        assert 0 <= (row.invoiced - shape.first_day).days < shape.days
        assert row.invoiced < row.settled
        assert row.due == row.invoiced + timedelta(days=30)
        assert row.amount >= 5
    for row in receivables.generate(seed, shape):
        days, late = int(row["DaysToSettle"]), int(row["DaysLate"])
        assert late == max(0, days - 30)


@pytest.mark.parametrize("module", [foretold, receivables], ids=["foretold", "receivables"])
def test_the_examples_in_docstrings(module):
    failed, tried = doctest.testmod(module)
    assert tried > failed == 0


def test_the_same_seed_makes_the_same_rows(tmp_path):
    rows = receivables.generate(1, TWO_YEARS)
    path = receivables.write(rows, tmp_path / "ledger.csv")
    assert receivables.read(path) == ledger_of(1, TWO_YEARS)
    assert receivables.generate(2, TWO_YEARS) != rows


@pytest.mark.parametrize("seed", SEEDS)
def test_two_years_are_like_the_real_file(seed):
    """That has 1,240 invoices, 60 ± 21 on average, 23% disputed, 39% late by 10 days on average, half of them electronic."""
    ledger = two_years(seed)
    late = [(row.settled - row.due).days for row in ledger if row.settled > row.due]
    days = {True: [], False: []}
    for row in ledger:
        days[row.disputed].append((row.settled - row.invoiced).days)
    assert 1100 < len(ledger) < 1400
    assert 53 < mean(row.amount for row in ledger) < 67
    assert 0.12 < mean(row.disputed for row in ledger) < 0.36
    assert 0.30 < len(late) / len(ledger) < 0.50
    assert 8 < mean(late) < 15
    assert 20 < mean(days[False]) < 28
    assert 8 < mean(days[True]) - mean(days[False]) < 25
    assert 0.35 < mean(row.electronic for row in ledger) < 0.65


@pytest.mark.parametrize("seed", SEEDS)
def test_habits_show(seed):
    """Two fifths of the customers are on time on average, a quarter is late with most of what is not disputed."""
    days = defaultdict(list)
    for row in two_years(seed):
        if not row.disputed:
            days[row.customer].append((row.settled - row.invoiced).days)
    averages = [mean(found) for found in days.values()]
    assert sum(average < 22 for average in averages) > 15
    assert sum(average > 30 for average in averages) > 7


@pytest.mark.parametrize("shape", [SHORT, TWO_YEARS], ids=["short", "two years"])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_ledger_has_something_to_do(seed, shape):
    ledger = ledger_of(seed, shape)
    episodes = foretold.episodes(ledger)
    overdue = {row.customer for row in ledger if (row.settled - row.due).days > 3}
    assert overdue <= {episode.customer for episode in episodes}
    assert len(episodes) >= 10
    assert len(foretold.first_calls(episodes, ledger)) > 3


@pytest.mark.parametrize("shape", [SHORT, TWO_YEARS], ids=["short", "two years"])
def test_the_usual_ledger_tells_every_story(shape):
    """So that no check of the replay looks at nothing: promises that are kept, hopes that are not, disputes of which the second
    is answered late, and steps back.
    """
    ledger = ledger_of(USUAL_SEED, shape)
    episodes = foretold.episodes(ledger)
    said = Counter(answer for _customer, _day, answer in foretold.first_calls(episodes, ledger))
    assert said["promised"]
    assert said["too_hopeful"]
    assert said["disputes"] >= 2
    assert foretold.steps_back(episodes, ledger)
    assert max((row.settled - row.due).days for row in ledger) > 45, "the whole ladder is climbed"
