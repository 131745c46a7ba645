from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize_all

#: How long ago an e-mail may have left that a mail server reports about without saying which: they try for five days.
REPORTED_WITHIN_DAYS = 7


class CollectionLetter(models.Model):
    """Letters by e-mail that came back, and letters of customers that become one."""

    _inherit = "collection.letter"

    # -- Returned ------------------------------------------------------------------------------------------------

    @api.model
    def _returned(self, addresses, message_ids):
        """A mail server reports that an e-mail did not reach ``addresses`` for good. Where it does not say which e-mail that was,
        it is the last one that went there within :data:`REPORTED_WITHIN_DAYS`. Needs superuser mode.
        """
        sent = [("state", "=", "sent"), ("channel", "=", "email")]
        if message_ids:
            letters = self.search([*sent, ("tracking_ref", "in", message_ids)])
        else:
            since = fields.Datetime.subtract(fields.Datetime.now(), days=REPORTED_WITHIN_DAYS)
            there = Domain.OR([("address_used", "ilike", address)] for address in addresses)
            letters = self.search(there & Domain([*sent, ("sent_at", ">=", since)]), order="sent_at desc, id desc")
            letters = letters.filtered(lambda letter: not addresses.isdisjoint(letter._emails_used()))[:1]
        for letter in letters:
            letter._note_returned(set(addresses))

    def _emails_used(self):
        """The addresses that this letter was e-mailed to."""
        self.ensure_one()
        return email_normalize_all(self.address_used or "") if self.channel == "email" else []

    def _note_returned(self, addresses):
        """This e-mail did not reach ``addresses``: it has failed once it has reached nobody. One that came back from an address
        to which it was passed on has failed, too, where it went to one address only.
        """
        for letter in self:
            used = letter._emails_used()
            returned = set(email_normalize_all(letter.addresses_returned or ""))
            returned |= addresses.intersection(used) if len(used) > 1 else set(used)
            letter.addresses_returned = ", ".join(one for one in used if one in returned)
            told = self.env._("The e-mail to %s bounced.", letter.addresses_returned or letter.address_used)
            if returned.issuperset(used):
                letter._note_undelivered(told)
            else:
                letter._tell_undelivered(told)

    def _note_undelivered(self, told):
        """This letter, which had left the house, has reached nobody."""
        if self.case_id:
            self.case_id._note_returned(self, told)
        else:
            self._fail(told)

    # -- Merging customers ---------------------------------------------------------------------------------------

    @api.model
    def _keep_one_a_day(self, partners, target):
        """These customers are about to be one, to whom a letter of a kind goes out once about a day: of several one stays, one
        that has left before one that waits, and that of ``target`` before another. Those that have left as well stay on
        record, without a say about that day.
        """
        domain = [("partner_id", "in", partners.ids), ("reference_date", "!=", False), ("state", "!=", "cancelled")]
        letters = self.search(domain, order="id").sorted(
            lambda letter: (letter.state != "sent", letter.state != "failed", letter.partner_id != target)
        )
        for alike in letters.grouped(lambda one: (one.company_id, one.kind, one.reference_date)).values():
            waiting = alike[1:].filtered(lambda letter: letter.state == "queued" and not letter._is_leaving())
            waiting._cancel(self.env._("This letter already exists for the customer."))
            (alike[1:] - waiting).reference_date = False
