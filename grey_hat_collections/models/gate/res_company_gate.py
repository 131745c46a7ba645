from odoo import fields, models

from ..base.internal import INTERNAL

GATE_MODES = [("stop", "Blocker"), ("warn", "Warning"), ("off", "Not checked")]


def _mode(label, default, text):
    """The field that says what a company makes of a check."""
    return fields.Selection(GATE_MODES, string=label, required=True, default=default, **INTERNAL, help=text)


class ResCompany(models.Model):
    """What the company makes of the checks before a letter leaves; see ``gate/gate.py``."""

    _inherit = "res.company"

    collection_gate_not_sent = _mode(
        "Invoice Never Arrived",
        "stop",
        "A chased invoice was never sent, or its e-mail bounced.",
    )
    collection_gate_dispute_open = _mode(
        "Dispute Open",
        "warn",
        "The customer is waiting for our answer. What is not disputed is still chased, unless this blocks it.",
    )
    collection_gate_credit_draft = _mode(
        "Draft Credit Note",
        "stop",
        "A credit note was started but not posted: the chased amount is about to go down.",
    )
    collection_gate_unapplied_payment = _mode(
        "Unmatched Payment",
        "stop",
        "An unmatched payment or credit would cover a chased item.",
    )
    collection_gate_bank_stale = _mode(
        "Bank Data Outdated",
        "warn",
        "Bank statements are out of date: the payment may already be there.",
    )
    collection_gate_no_bank = _mode(
        "Bank Account Missing",
        "stop",
        "The company has no bank account that a letter could name: the customer would not know where to pay.",
    )
    collection_gate_commitment_overdue = _mode(
        "Commitment Overdue",
        "stop",
        "A commitment to the customer from a dispute is overdue.",
    )
    collection_sent_since = fields.Date(
        string="Delivery Tracked Since",
        default=fields.Date.context_today,
        **INTERNAL,
        help="Invoices dated before this day count as sent: they went out before Odoo kept a record of it.",
    )
    collection_bank_days = fields.Integer(
        string="Bank Data Max. Age",
        default=5,
        **INTERNAL,
        help="Days after which the last bank statement line or payment received is too old to rely on.",
    )

    def _collection_open_bank_accounts(self):
        """Open the bank accounts into which customers of this company pay, or a new one where there is none."""
        self.ensure_one()
        accounts = self._collection_bank_accounts()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bank Accounts"),
            "res_model": "res.partner.bank",
            "view_mode": "list,form" if accounts else "form,list",
            "domain": [("partner_id", "in", (self.partner_id | accounts.partner_id).ids)],
            "context": {"default_partner_id": self.partner_id.id, "default_acc_holder_name": self.name},
        }

    _check_collection_bank_days = models.Constraint(
        "CHECK(collection_bank_days >= 0)", "The maximum age of bank data cannot be negative."
    )
