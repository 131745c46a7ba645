"""Is it us? What each check of the gate finds, in tables."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from engine.gate import Amount, Sending, is_stale, never_arrived, unapplied

TODAY = date(2026, 3, 4)
START = date(2026, 2, 1)


def ago(days):
    return TODAY - timedelta(days=days)


# Complaint 13: nobody was told that it bounced


@pytest.mark.parametrize(
    ("invoice", "arrived"),
    [
        pytest.param(Sending("INV/1", ago(10), sent=True), True, id="sent"),
        pytest.param(Sending("INV/1", ago(10)), False, id="never sent"),
        pytest.param(Sending("INV/1", ago(10), sent=True, undelivered=True), False, id="sent and bounced"),
        pytest.param(Sending("INV/1", START), False, id="of the first day that is looked at"),
        pytest.param(Sending("INV/1", START - timedelta(days=1)), True, id="before we kept a record"),
        pytest.param(Sending("INV/1", ago(60), undelivered=True), True, id="bounced before we kept a record"),
        pytest.param(Sending("INV/1"), False, id="without a date"),
    ],
)
def test_an_invoice_that_never_arrived_is_our_fault(invoice, arrived):
    assert never_arrived([invoice], START) == (() if arrived else ("INV/1",))


def test_without_a_first_day_every_invoice_is_looked_at():
    assert never_arrived([Sending("INV/1", ago(4000))]) == ("INV/1",)


def test_an_invoice_in_instalments_is_named_once():
    assert never_arrived([Sending("INV/1"), Sending("INV/2"), Sending("INV/1")]) == ("INV/1", "INV/2")


# Complaint 5: unapplied payments ignored


def dollars(name, amount):
    return Amount(name, Decimal(amount), "USD", Decimal(amount))


def euros(name, amount, in_dollars):
    return Amount(name, Decimal(in_dollars), "EUR", Decimal(amount))


@pytest.mark.parametrize(
    ("credit", "asked", "found"),
    [
        pytest.param(dollars("PAY", 300), [dollars("INV", 300)], True, id="to the cent"),
        pytest.param(dollars("PAY", "299.99"), [dollars("INV", 300)], False, id="a cent less"),
        pytest.param(dollars("PAY", 400), [dollars("INV", 300)], True, id="more"),
        pytest.param(dollars("PAY", 300), [dollars("A", 500), dollars("B", 200)], True, id="one of two"),
        pytest.param(dollars("PAY", 300), [], False, id="nothing is asked for"),
        pytest.param(euros("PAY", 100, 90), [euros("INV", 100, 110)], True, id="the same euros, whatever the rates"),
        pytest.param(euros("PAY", 100, 130), [euros("INV", 120, 110)], False, id="fewer euros, worth more then"),
        pytest.param(euros("PAY", 100, 110), [dollars("INV", 110)], True, id="euros for dollars, by their worth"),
        pytest.param(euros("PAY", 100, 90), [dollars("INV", 95)], False, id="euros that are worth less"),
    ],
)
def test_a_credit_that_would_pay_an_item_is_applied_before_we_ask(credit, asked, found):
    assert unapplied([credit], asked) == (("PAY",) if found else ())


@pytest.mark.parametrize(
    ("last", "days", "stale"),
    [
        pytest.param(TODAY, 0, False, id="today"),
        pytest.param(ago(1), 0, True, id="yesterday, and we want it of today"),
        pytest.param(ago(5), 5, False, id="five days"),
        pytest.param(ago(6), 5, True, id="six days"),
        pytest.param(TODAY + timedelta(days=2), 5, False, id="dated ahead"),
        pytest.param(None, 0, False, id="no bank at all"),
    ],
)
def test_news_of_the_bank_grow_old(last, days, stale):
    assert is_stale(last, TODAY, days) is stale
