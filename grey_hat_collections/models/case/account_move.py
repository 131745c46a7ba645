from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .ledger_listed import Listed

CHASE_STATES = [
    ("none", "Not due or settled"),
    ("under_way", "Payment under way"),
    ("promised", "Promised"),
    ("disputed", "Disputed"),
    ("hold", "On hold"),
    ("excluded", "No follow-up"),
    ("chased", "Chased"),
    ("referred", "With agency"),
]
#: What is shown of an entry of which nothing is open.
NOTHING_LISTED = Listed()


class AccountMove(models.Model):
    """The case of an invoice, and whether it is asked for."""

    _inherit = "account.move"

    collection_case_id = fields.Many2one(
        "collection.case",
        compute="_compute_collection_case_id",
        search="_search_collection_case_id",
        groups="grey_hat_collections.group_collector,account.group_account_readonly,account.group_account_invoice",
        help="The open case of this customer, if any.",
    )
    chase_state = fields.Selection(
        CHASE_STATES,
        string="Collection",
        compute="_compute_chase_state",
        compute_sudo=True,  # who may read an invoice may know whether it is asked for
        search="_search_chase_state",
        groups="base.group_user",
        help="Whether this invoice is chased today, and if not, why.",
    )
    collection_promise_date = fields.Date(
        string="Promised For",
        compute="_compute_chase_state",
        compute_sudo=True,  # who may read an invoice may know what is promised for it
        groups="base.group_user",
        help="The first day for which the customer has promised to pay part of this invoice.",
    )

    @api.depends_context("uid")
    @api.depends("commercial_partner_id", "company_id", "state")
    def _compute_collection_case_id(self):
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        cases = self.env["collection.case"]._open_cases_of(sales.commercial_partner_id, sales.company_id)
        for move in self:
            case = cases.get((move.commercial_partner_id.id, move.company_id.id)) if move in sales else None
            move.collection_case_id = case

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

    def action_open_collection_case(self):
        """Show the open case of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_case_action")
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.collection_case_id.id}
