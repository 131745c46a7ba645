"""A large crowd at the same job at once, and jobs beside a busy person, again and again."""

import pytest
from crowd import as_one, beside_a_busy_person
from faults import SEED, told

CROWD = 30
TIMES = 10


def test_thirty_runs_at_once_are_as_one(run):
    as_one(run, CROWD)


@pytest.mark.parametrize("number", range(TIMES))
def test_the_daily_run_beside_a_busy_person(run, tmp_path, number):
    with told(f"beside a busy person, {number}"):
        beside_a_busy_person(run, tmp_path, SEED + number)


def test_thirty_sendings_at_once_are_as_one(sending):
    as_one(sending, CROWD)


@pytest.mark.parametrize("number", range(TIMES))
def test_sending_beside_a_busy_person(sending, tmp_path, number):
    with told(f"beside a busy person, {number}"):
        beside_a_busy_person(sending, tmp_path, SEED + number)
