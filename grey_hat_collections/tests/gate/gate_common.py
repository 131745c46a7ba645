"""What the stories about our own side are told with."""

from odoo import Command

from ...models.ledger.account_key import account_key
from ..common import MONDAY, CollectionCommon, days_ago

OUR_SIDE = "grey_hat_collections.mail_activity_type_our_side"


class GateCommon(CollectionCommon):
    """The house keeps a record of what it sends since 1 January 2026. Cases are 10 days overdue on Monday, 2 March."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"collection_sent_since": "2026-01-01", "collection_accountant_id": cls.accountant.id})
        cls.env["res.partner.bank"].create({"acc_number": "026009593", "partner_id": cls.company.partner_id.id})
        cls.gate = cls.env["collection.gate"]

    def _sent_customer(self, name="Acme", **values):
        """A customer who owes 500.00, was sent the invoice, and has an open case."""
        case = self._overdue_customer(name, **values)
        case.partner_id.invoice_ids.is_move_sent = True
        self.env.flush_all()
        return case

    def _draft_credit_note(self, case, amount=50, day=None, **values):
        return self._credit_note(case.partner_id, amount, day or days_ago(3), post=False, **values)

    def _mailed(self, invoice, status, reader=None, email=None):
        """An e-mail about ``invoice`` and what became of it."""
        reader = reader or invoice.partner_id
        message = self.env["mail.message"].create(
            {
                "model": "account.move",
                "res_id": invoice.id,
                "message_type": "comment",
                "body": "Your invoice",
                "notification_ids": [
                    Command.create(
                        {
                            "notification_type": "email",
                            "notification_status": status,
                            **({"mail_email_address": email} if email else {"res_partner_id": reader.id}),
                        }
                    )
                ],
            }
        )
        self.env.flush_all()
        return message

    def _found(self, case):
        """The names of what each check finds today, by its code; checks that find nothing are left out."""
        self.env.flush_all()
        looked = self.gate._look([account_key(case)])
        by_check = {code: [one.name for one in by_key.get(account_key(case), ())] for code, by_key in looked.items()}
        return {code: names for code, names in by_check.items() if names}

    def _asked(self, case):
        """Who is asked to put our side right about which check."""
        self.env.invalidate_all()
        return {activity.collection_check: activity.user_id for activity in case._asked_of_our_side()}


class SentCustomerCommon(GateCommon):
    """Acme, who was sent its invoice over 500.00, on Monday, 2 March."""

    def _begin(self):
        super()._begin()
        self.case = self._sent_customer()
        self.acme = self.case.partner_id
        self.invoice = self.acme.invoice_ids

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)
