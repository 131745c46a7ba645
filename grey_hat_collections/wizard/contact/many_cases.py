from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..base.once import once

#: So many customers get documents at once: each PDF takes a moment, and one waits for them.
MAX_SENT = 40
#: So many cases are changed at once.
MAX_CHANGED = 500


class CollectionManyCases(models.AbstractModel):
    """What dialogs about many cases have in common: which ones, and how many there may be."""

    _name = "collection.many.cases"
    _description = "Dialog About Many Cases"
    _inherit = ["collection.door", "collection.once"]

    case_ids = fields.Many2many("collection.case", required=True, string="Cases")
    case_count = fields.Integer(compute="_compute_case_count")

    @api.depends("case_ids")
    def _compute_case_count(self):
        for dialog in self:
            dialog.case_count = len(dialog.case_ids)

    def _check_count(self, limit):
        if len(self.case_ids) > limit:
            raise UserError(
                self.env._(
                    "%(count)s cases are too many at once. Choose up to %(limit)s.",
                    count=len(self.case_ids),
                    limit=limit,
                )
            )

    def _done(self, message):
        """Close the dialog, and say what was done."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message, "next": {"type": "ir.actions.act_window_close"}},
        }


class CollectionChangeCases(models.TransientModel):
    """Change many cases at once: who looks after them, their policy, why they have not paid; or note something on each."""

    _name = "collection.change.cases"
    _description = "Change Many Cases"
    _inherit = ["collection.many.cases"]

    user_id = fields.Many2one("res.users", string="Assign To", domain="[('share', '=', False)]")
    policy_id = fields.Many2one("collection.policy")
    reason_id = fields.Many2one("collection.reason", string="Customer's Reason")
    note = fields.Text(help="An internal note on each of these cases.")

    @once
    def action_change(self):
        """Change what is filled in; what is empty stays as it is. Settled cases keep their policy and their reason."""
        self.ensure_one()
        cases = self.case_ids
        cases.check_access("write")
        self._check_count(MAX_CHANGED)
        if not (self.user_id or self.policy_id or self.reason_id or (self.note or "").strip()):
            raise UserError(self.env._("Fill in what is to change: a collector, a policy, a reason or a note."))
        going = cases.filtered(lambda case: case.state != "closed")
        if self.user_id:
            cases.user_id = self.user_id
        if self.policy_id:
            going.policy_id = self.policy_id
        if self.reason_id:
            for case in going.filtered(lambda case: case.reason_id != self.reason_id):
                case._set_reason(self.reason_id, self.policy_id or None)
        if (self.note or "").strip():
            cases._message_log_batch({case.id: plaintext2html(self.note) for case in cases})
        return self._done(self.env._("%s cases were changed.", len(cases)))


class CollectionSendDocuments(models.TransientModel):
    """E-mail many customers their statements, copies of what is overdue, or both: each to the contact for accounts payable."""

    _name = "collection.send.documents"
    _description = "Send Documents to Many Customers"
    _inherit = ["collection.many.cases"]

    with_statement = fields.Boolean(string="Statement of Account", default=True, help="All that is open, as of today.")
    with_copies = fields.Boolean(string="Copies of Overdue Invoices")
    unreachable = fields.Char(
        compute="_compute_unreachable", help="Customers without an e-mail address; they are left out."
    )

    @api.depends("case_ids")
    def _compute_unreachable(self):
        for dialog in self:
            names = dialog.case_ids.filtered(lambda case: not case.contact_id.email).partner_id.mapped("display_name")
            dialog.unreachable = ", ".join(names)

    @once
    def action_send(self):
        """Send to each customer who has an e-mail address; each case keeps its message."""
        self.ensure_one()
        self.case_ids.check_access("write")
        self._check_count(MAX_SENT)
        if not (self.with_statement or self.with_copies):
            raise UserError(self.env._("Choose what to send: the statement, copies of invoices, or both."))
        reachable = self.case_ids.filtered(lambda case: case.contact_id.email)
        if not reachable:
            raise UserError(
                self.env._(
                    "None of these customers has an e-mail address. Enter one on the contact for accounts payable."
                )
            )
        overdue = {case.id: case._overdue_items().move_id for case in reachable}
        dialogs = self.env["collection.invoice.copies"].create(
            [
                {
                    "case_id": case.id,
                    "with_statement": self.with_statement,
                    "move_ids": overdue[case.id].filtered(lambda move: move.is_sale_document()).ids
                    if self.with_copies
                    else [],
                }
                for case in reachable
            ]
        )
        for dialog in dialogs.filtered(lambda dialog: dialog.with_statement or dialog.move_ids):
            dialog.action_send()
        return self._done(self.env._("Sent to %s customers.", len(reachable)))
