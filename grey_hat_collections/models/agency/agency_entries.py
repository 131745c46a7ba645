from odoo import models

from odoo.addons.base.models.res_bank import sanitize_account_number


class CollectionAgency(models.Model):
    """Which entries of the books are money of the agency itself."""

    _inherit = "collection.agency"

    def _own_entries(self, moves):
        """Those of ``moves`` that the agency has paid: it is the partner of the payment or of the money, the payer of the bank
        line, or the money came from an account of its. That it has a share in the costs of an entry says nothing. Needs
        superuser mode.
        """
        self.ensure_one()
        return moves.filtered(lambda move: self._has_paid(move.statement_line_id) or self._is_partner_of(move))

    def _has_paid(self, bank_line):
        """Whether a line of a bank statement names the agency as the payer."""
        if not bank_line:
            return False
        partner = self.partner_id.commercial_partner_id
        accounts = set((partner | self.partner_id).bank_ids.mapped("sanitized_acc_number"))
        names = {_plain(one.name) for one in (partner, self.partner_id)}
        return (
            bank_line.partner_id.commercial_partner_id == partner
            or sanitize_account_number(bank_line.account_number) in accounts
            or (bool(_plain(bank_line.partner_name)) and _plain(bank_line.partner_name) in names)
        )

    def _is_partner_of(self, move):
        """Whether the agency is the partner of the payment, or of the money in this entry, or of what it owes us."""
        partner = self.partner_id.commercial_partner_id
        if move.origin_payment_id.partner_id.commercial_partner_id == partner:
            return True
        lines = move.line_ids.filtered(lambda line: line.balance > 0 and line.account_id.internal_group == "asset")
        return partner in lines.partner_id.commercial_partner_id


def _plain(name):
    """A name as it can be compared: neither case nor blanks count."""
    return " ".join((name or "").split()).casefold()
