from odoo import fields, models

from ..base.internal import INTERNAL

GATE_MODES = [("stop", "Stops letters"), ("warn", "Warns"), ("off", "Is not checked")]


def _mode(label, default, text):
    """The field that says what a company makes of a check."""
    return fields.Selection(GATE_MODES, string=label, required=True, default=default, **INTERNAL, help=text)


class ResCompany(models.Model):
    """What the company makes of the checks before a letter leaves; see ``gate/gate.py``."""

    _inherit = "res.company"

    collection_gate_not_sent = _mode(
        "Invoice Never Arrived",
        "stop",
        "An invoice that is asked for was never sent, or the e-mail with it came back.",
    )
    collection_gate_dispute_open = _mode(
        "Dispute Open",
        "warn",
        "The customer waits for an answer of ours. What is not disputed is asked for all the same, unless this stops it.",
    )
    collection_gate_credit_draft = _mode(
        "Credit Note in Draft",
        "stop",
        "A credit note was begun and not posted: what is asked for is about to become less.",
    )
    collection_gate_unapplied_payment = _mode(
        "Payment Not Applied",
        "stop",
        "A payment or credit that is applied to nothing would pay an item that is asked for.",
    )
    collection_gate_bank_stale = _mode(
        "Bank Not Read",
        "warn",
        "The last news of the bank are too old: the money may be there already.",
    )
    collection_gate_commitment_overdue = _mode(
        "Our Word Not Kept",
        "stop",
        "What we promised the customer in a dispute is overdue.",
    )
    collection_sent_since = fields.Date(
        string="Sendings Recorded Since",
        default=fields.Date.context_today,
        **INTERNAL,
        help="Invoices dated before this day count as sent: they went out before Odoo kept a record of it.",
    )
    collection_bank_days = fields.Integer(
        string="News of the Bank Within",
        default=5,
        **INTERNAL,
        help="Days after which the last bank statement line or payment received is too old to rely on.",
    )

    _check_collection_bank_days = models.Constraint(
        "CHECK(collection_bank_days >= 0)", "The news of the bank cannot be less than 0 days old."
    )
