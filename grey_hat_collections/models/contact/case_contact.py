from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.func import lazy

from ...engine.days import later
from ..base.actions import open_dialog, open_form
from ..ledger.account_key import account_key
from ..settings.res_partner import DELIVERY_NOTES


class CollectionCase(models.Model):
    """Whom to talk to, how, and how often that has happened lately."""

    _inherit = "collection.case"

    contact_id = fields.Many2one(
        "res.partner",
        compute="_compute_contact",
        string="Accounts Payable",
        help="The contact for accounts payable, else the one for invoices, else the customer itself.",
    )
    contact_phone = fields.Char(compute="_compute_contact", string="Phone")
    contact_email = fields.Char(compute="_compute_contact", string="Email")
    contact_address = fields.Char(compute="_compute_contact", string="Address")
    do_not_contact = fields.Boolean(
        compute="_compute_do_not_contact",
        help="Nothing is sent to this customer automatically, and no call is requested. A person decides.",
    )
    no_call = fields.Boolean(compute="_compute_contact", string="No Calls", help="Write instead of calling.")
    delivery_note = fields.Selection(
        DELIVERY_NOTES,
        compute="_compute_delivery_note",
        string="Letter Delivery",
        help="Shown when letters are not sent by e-mail.",
    )
    open_item_ids = fields.Many2many(
        "account.move.line",
        compute="_compute_open_item_ids",
        string="Open Items",
        help="What the ledger says is open for this customer, oldest first; credits are negative.",
    )

    has_parts = fields.Boolean(
        compute="_compute_open_item_facts", help="An open item is chased, promised or disputed in parts."
    )
    days_oldest = fields.Integer(
        compute="_compute_open_item_facts",
        string="Oldest Open Item",
        help="Days since the oldest open item fell due, chased or not.",
    )

    @api.depends("open_item_ids")
    def _compute_open_item_facts(self):
        for case in self:
            case.has_parts = any(case.open_item_ids.mapped("collection_parts"))
            case.days_oldest = max(case.open_item_ids.mapped("collection_days_overdue"), default=0)

    @api.depends("partner_id")
    def _compute_contact(self):
        contacts = self.partner_id._collection_contacts()
        for case in self:
            customer = case.partner_id
            contact = contacts.get(customer, customer)
            case.contact_id = contact
            case.contact_phone = contact.phone or customer.phone
            case.contact_email = contact.email or customer.email
            case.contact_address = contact._collection_postal_address() or customer._collection_postal_address()
            case.no_call = contact.collection_no_call or customer.collection_no_call

    @api.depends("partner_id")
    def _compute_delivery_note(self):
        delivery = self.partner_id._collection_delivery()
        for case in self:
            case.delivery_note = case.partner_id and delivery[case.partner_id.id]["delivery_note"]

    @api.depends("partner_id.collection_do_not_contact", "partner_id.child_ids.collection_do_not_contact")
    def _compute_do_not_contact(self):
        unwilling = self.partner_id._collection_unwilling()
        for case in self:
            case.do_not_contact = case.partner_id in unwilling

    @api.depends("partner_id", "company_id", "balance")
    def _compute_open_item_ids(self):
        items = self.env["collection.ledger"]._open_items_by_account(self.partner_id, self.company_id)
        for case in self:
            case.open_item_ids = [item.id for item in items.get(account_key(case), ())]

    def _recent_contacts(self):
        """The days of recent contacts with the customers of these cases, one entry each, by case id.

        Outgoing contacts that were noted and calls that were made without a note count, whoever made them; and letters that
        were sent, as the room of letters adds.
        """
        contacts = {case.id: [] for case in self}
        if not self:
            return contacts
        since = self._contacts_since()
        case_of = lazy(lambda: {account_key(case): case for case in self})
        activities = self.env["mail.activity"].sudo()  # whether a note was written is noted by the rules
        calls = activities.search_fetch(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("active", "=", False),
                ("date_done", ">=", since.date()),
                ("activity_type_id.category", "=", "phonecall"),
                ("collection_note_id", "=", False),
            ],
            ["res_id", "date_done"],
        )
        for call in calls:
            contacts[call.res_id].append(call.date_done)
        notes = self.env["collection.note"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("direction", "=", "out"),
                ("outcome", "!=", "wrong_number"),
                ("date", ">=", since),
            ],
            ["partner_id", "company_id", "date"],
        )
        for note in notes:
            case = case_of.get(account_key(note))
            if case:
                contacts[case.id].append(case.company_id._collection_date(note.date))
        return contacts

    def _contacts_since(self):
        """The moment since which contacts with these customers are recent, in the company that looks back farthest."""
        longest = max(self.company_id.mapped("collection_contact_days"))
        now = fields.Datetime.now()
        return datetime.combine(later(now.date(), -longest - 1), now.time())

    def _check_open_items(self, lines, items):
        """Whoever agrees on something with a customer agrees on its open items.

        :param lines: the journal items that were chosen
        :param items: the open items of the customer, as the ledger answers them
        :raises ValidationError: naming the first that is none of them
        """
        foreign = lines - lines.browse([item.id for item in items])
        if foreign:
            raise ValidationError(
                self.env._(
                    "%(item)s is not an open item of %(customer)s. Choose among the open items of the case.",
                    item=foreign[0].display_name,
                    customer=self.partner_id.display_name,
                )
            )

    def _overdue_items(self):
        """The open items of these customers that are past due."""
        return self.open_item_ids.filtered(lambda line: line.collection_days_overdue > 0)

    def _items_meant(self, ticked):
        """What a customer talks about: the items that are ticked; where none is and one item is overdue, that one."""
        if ticked:
            return ticked
        overdue = self._overdue_items()
        return overdue if len(overdue) == 1 else overdue.browse()

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_send_copies(self):
        """Open the dialog that e-mails copies of invoices and the statement; what is ticked on the case is proposed."""
        self.ensure_one()
        ticked = self.env.context.get("collection_ticked")  # by the screen; only what is open here counts
        items = self.open_item_ids.filtered(lambda item: item.id in ticked) if isinstance(ticked, list) else None
        defaults = {"default_case_id": self.id} | ({"default_item_ids": items.ids} if items else {})
        return open_dialog(self.env._("Send Documents"), "collection.invoice.copies", defaults)

    def action_change(self):
        """Open the dialog that changes many cases at once."""
        return open_dialog(self.env._("Change Cases"), "collection.change.cases", {"default_case_ids": self.ids})

    def action_send_documents(self):
        """Open the dialog that e-mails documents: with a look at them for one customer, to each for many."""
        if len(self) == 1:
            return self.action_send_copies()
        return open_dialog(self.env._("Send Documents"), "collection.send.documents", {"default_case_ids": self.ids})

    def action_open_partner(self):
        """Show the customer."""
        self.ensure_one()
        return open_form(self.partner_id)

    def action_print_statement(self):
        """Print the statements of these customers."""
        return self.env.ref("grey_hat_collections.action_report_statement_case").report_action(self)
