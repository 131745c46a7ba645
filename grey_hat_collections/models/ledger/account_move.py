from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .ledger_listed import Listed
from .ledger_settlement import MONEY_ACCOUNTS, MONEY_JOURNALS
from .receivables import left_of, of_customers

CHASE_STATES = [
    ("none", "Not due or settled"),
    ("under_way", "Payment under way"),
    ("promised", "Promised"),
    ("disputed", "Disputed"),
    ("hold", "On hold"),
    ("excluded", "Not followed"),
    ("chased", "Asked for"),
    ("referred", "With agency"),
]
#: What is shown of an entry of which nothing is open.
NOTHING_LISTED = Listed()


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "collection.plain.view"]
    _collection_views = {
        "form": "account_move_view_form_plain",
        "kanban": "account_move_view_kanban_plain",
        "list": "account_move_view_list_plain",
    }

    collection_case_id = fields.Many2one(
        "collection.case",
        compute="_compute_collection_case_id",
        search="_search_collection_case_id",
        groups="grey_hat_collections.group_collector,account.group_account_readonly,account.group_account_invoice",
        help="The open case of this customer, if any.",
    )
    collection_note_count = fields.Integer(
        string="Conversations",
        compute="_compute_collection_note_count",
        groups="grey_hat_collections.group_collector,account.group_account_readonly,account.group_account_invoice",
        help="Notes of contacts that were about this invoice.",
    )
    collection_dispute_id = fields.Many2one(
        "collection.dispute",
        string="Dispute",
        index="btree_not_null",
        readonly=True,
        copy=False,
        prefetch="collection",  # of all entries a handful have one, and asking who may read it takes time
        groups="grey_hat_collections.group_collector,account.group_account_readonly,account.group_account_invoice",
        help="The dispute for which this credit note was prepared.",
    )
    collection_dispute_count = fields.Integer(
        string="Disputes",
        compute="_compute_collection_dispute_count",
        groups="grey_hat_collections.group_collector,account.group_account_readonly,account.group_account_invoice",
        help="What the customer says is wrong with this invoice.",
    )
    chase_state = fields.Selection(
        CHASE_STATES,
        string="Collection",
        compute="_compute_chase_state",
        compute_sudo=True,  # who may read an invoice may know whether it is asked for
        search="_search_chase_state",
        groups="base.group_user",
        help="Whether this invoice is asked for today, and if not, why.",
    )
    collection_promise_date = fields.Date(
        string="Promised For",
        compute="_compute_chase_state",
        compute_sudo=True,  # who may read an invoice may know what is promised for it
        groups="base.group_user",
        help="The first day for which the customer has promised to pay something of this invoice.",
    )

    # the gate looks for credit notes that somebody has begun: of all entries a handful
    _collection_credit_draft_index = models.Index(
        "(commercial_partner_id, company_id) WHERE move_type = 'out_refund' AND state = 'draft'"
    )

    @api.depends_context("uid")
    @api.depends("commercial_partner_id", "company_id", "state")
    def _compute_collection_case_id(self):
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        cases = self.env["collection.case"]._open_cases_of(sales.commercial_partner_id, sales.company_id)
        for move in self:
            case = cases.get((move.commercial_partner_id.id, move.company_id.id)) if move in sales else None
            move.collection_case_id = case

    @api.depends_context("uid")
    def _compute_collection_note_count(self):
        groups = self.env["collection.note"]._read_group(
            [("invoice_ids", "in", self.ids)], ["invoice_ids"], ["__count"]
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.collection_note_count = counts.get(move._origin.id, 0)

    @api.depends_context("uid")
    def _compute_collection_dispute_count(self):
        groups = self.env["collection.dispute.line"]._read_group(
            [("move_id", "in", self.ids)], ["move_id"], ["dispute_id:count_distinct"]
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.collection_dispute_count = counts.get(move._origin.id, 0)

    @api.model
    def _search_collection_case_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = [
            [("commercial_partner_id", "=", case.partner_id.id), ("company_id", "=", case.company_id.id)]
            for case in self.env["collection.case"].browse([case_id for case_id in value if case_id])
        ]
        return Domain.OR(domains) & Domain("move_type", "in", self.get_sale_types(include_receipts=True))

    @api.depends(
        "amount_residual",
        "state",
        "payment_state",
        "invoice_date_due",
        "commercial_partner_id",
        "line_ids.collection_promise_date",
    )
    def _compute_chase_state(self):
        listed = self._listed()
        referred = self.env["collection.case"].browse(
            {one.case_id for one in listed.values() if one.case_state == "referred"}
        )
        held = referred._items_held().move_id
        alike = defaultdict(list)
        for move in self:
            shown = listed.get(move._origin.id, NOTHING_LISTED)
            state = self._chase_state_on(shown.state, shown.case_state, move._origin in held)
            alike[state, shown.promised_for].append(move.id)
        for (state, day), move_ids in alike.items():  # a page of invoices has few different answers
            moves = self.browse(move_ids)
            moves.chase_state, moves.collection_promise_date = state, day

    def _listed(self):
        """What the ledger says of those of these entries of which something is open, by id."""
        posted = self.filtered(lambda move: move.state == "posted" and move.amount_residual)
        return self.env["collection.ledger"]._listed(posted._origin)

    @api.model
    def _chase_state_on(self, state, case_state, held):
        """What ``state`` of an item becomes by the state of its case: nothing is asked for on hold or at an agency. What
        the agency does not have (``held`` is false) waits as well.
        """
        if state == "chased" and case_state in ("hold", "referred"):
            return "referred" if case_state == "referred" and held else "hold"
        return state

    @api.model
    def _search_chase_state(self, operator, value):
        """Found through the open items of the customers concerned, so that list and form say the same."""
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        open_moves = self.env["collection.ledger"]._moves_with_open_items(self.env.companies)
        moves = self.browse(open_moves)
        found = moves.filtered(lambda move: move.chase_state in wanted).ids
        if "none" in wanted:
            return Domain("id", "in", found) | Domain("id", "not in", open_moves)
        return Domain("id", "in", found)

    def write(self, vals):
        result = super().write(vals)
        if {"state", "payment_state", "is_move_sent"} & set(vals):
            self._tell_collections()
        return result

    def _collection_money(self):
        """Those of these entries that are money, as for promises (``ledger/ledger_settlement.py``), or take money back: the
        reversal of one, whatever its journal.
        """

        def is_money(move):
            accounts = move.line_ids.account_id.mapped("account_type")
            return move.journal_id.type in MONEY_JOURNALS or not MONEY_ACCOUNTS.isdisjoint(accounts)

        entries = self.filtered(lambda move: move.move_type == "entry")
        return entries.filtered(lambda move: any(map(is_money, move | move.reversed_entry_id)))

    def _collection_copy(self):
        """Name and content of the PDF of this invoice: the one that was sent, else the invoice as it would be printed now.
        Needs superuser mode: the report reads more of the books than a collector may.
        """
        self.ensure_one()
        document = self._get_invoice_legal_documents("pdf")
        if document:
            return document["filename"], document["content"]
        report = self.env["account.move.send"]._get_default_pdf_report_id(self)
        reports = self.env["ir.actions.report"].with_context(collection_styles_inside=True)
        reports = reports.with_company(self.company_id)
        content, _format = reports._render_qweb_pdf(report, self.ids)
        return self._get_invoice_report_filename(report=report), content

    def action_open_business_doc(self):
        """Whoever may not read bank statements sees the entry of one."""
        action = super().action_open_business_doc()
        if self.env[action["res_model"]].has_access("read"):
            return action
        return action | {"name": self.env._("Journal Entry"), "res_model": self._name, "res_id": self.id}

    def action_open_collection_case(self):
        """Show the open case of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_case_action")
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.collection_case_id.id}

    def action_open_collection_notes(self):
        """Show what was said about this invoice."""
        self.ensure_one()
        return self.env["collection.note"]._action_list([("invoice_ids", "in", self.ids)])

    def action_raise_dispute(self):
        """Open the dialog that writes down what the customer says is wrong with these invoices."""
        customer, company = self.commercial_partner_id, self.company_id
        if len(customer) != 1 or len(company) != 1:
            raise UserError(self.env._("A dispute is raised by one customer. Choose invoices of one customer only."))
        items = left_of(self.line_ids).filtered(lambda line: line.amount_residual > 0)
        if not items:
            raise UserError(
                self.env._("%s: nothing of it is open, so there is nothing to dispute.", self[:1].display_name)
            )
        context = {"default_partner_id": customer.id, "default_company_id": company.id}
        return self.env["collection.dispute"]._action_raise(context, items)

    def _collection_roundings(self):
        """How often an amount of this document is rounded: once for each line, and once for each tax of it."""
        self.ensure_one()
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        return sum(1 + len(line.tax_ids.flatten_taxes_hierarchy()) for line in lines)

    def action_open_collection_disputes(self):
        """Show what the customer says is wrong with this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_dispute_action")
        return action | {"domain": [("line_ids.move_id", "=", self.id)], "context": {}}

    def _tell_collections(self):
        """Receivables of these entries were posted, taken back or blocked. In an invoice to a customer they are the lines with
        the terms, and in a bill there are none, as Odoo sees to: only of other entries the accounts are read.
        """
        documents = self.filtered(lambda move: move.is_invoice(include_receipts=True))
        terms = documents.filtered(lambda move: move.is_sale_document(include_receipts=True)).line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.env["collection.case"]._ledger_changed(terms | of_customers((self - documents).line_ids))
