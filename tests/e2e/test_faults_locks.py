"""What a person holds for long is left for a later turn; the others are served meanwhile, and nobody waits for minutes. All
that may be locked is tried by tests/soak.
"""

import time

import pytest
from crashes import received
from faults import DAILY_RUN
from locks import PATIENCE_SECONDS, held, serves_the_others

#: Accounting takes a payment of a customer.
PAY = """
invoice = env["account.move"].search([("partner_id.name", "=", "waiting 0"), ("amount_total", "=", 300)])
env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create({})._create_payments()
env.cr.commit()
answer = invoice.amount_residual
"""


@pytest.mark.parametrize("what", ["the case", "the customer"])
def test_the_daily_run_does_not_wait_for_what_somebody_holds(run, tmp_path, what):
    serves_the_others(run, tmp_path, what)


def test_accounting_does_not_wait_for_who_holds_a_case(run, tmp_path):
    """The payment is taken at once; the case hears of it by the daily run."""
    crew = run.crew
    run.begin_again()
    with held(crew, tmp_path, "the case"):
        started = time.monotonic()
        assert crew.do(PAY) == 0
        assert time.monotonic() - started < PATIENCE_SECONDS
    crew.do(DAILY_RUN)
    owed = "SELECT balance FROM collection_case JOIN res_partner p ON p.id = partner_id WHERE p.name = 'waiting 0'"
    assert crew.query(owed) == [("200.00",)]


def test_sending_does_not_wait_for_what_somebody_holds(sending, tmp_path):
    serves_the_others(sending, tmp_path, "the customer")
    assert set(received(sending.sink).values()) == {1}
