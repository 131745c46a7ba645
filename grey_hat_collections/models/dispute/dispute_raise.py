from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..base.actions import open_dialog
from .dispute import SAID
from .dispute_states import OPEN


class CollectionDispute(models.Model):
    """Raising a dispute, correcting what was written down, and what is on record for good."""

    _inherit = "collection.dispute"

    # -- Raising -------------------------------------------------------------------------------------------------

    @api.model
    def default_get(self, names):
        """A dispute about a case is about its customer, and the person we talk to there."""
        values = super().default_get(names)
        case = self.env["collection.case"].browse(values.get("case_id"))
        if case:
            values |= {"partner_id": case.partner_id.id, "company_id": case.company_id.id}
            values.setdefault("contact_id", case.contact_id.id)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_said({name for vals in vals_list for name in vals})
        names = self.env["ir.sequence"].sudo()  # numbers are drawn, not read
        disputes = super().create(
            [
                {**self._from_account(vals), "name": names.next_by_code("collection.dispute") or "/"}
                for vals in vals_list
            ]
        )
        disputes._check_belonging()
        disputes._keep_evidence()
        disputes.sudo()._begin()  # what follows from a dispute is written by the rules
        disputes.user_id._collection_show_disputes(disputes)
        return disputes

    @api.model
    def _from_account(self, vals):
        """``vals`` of a new dispute, with what it takes from its case or from the customer's open case."""
        cases = self.env["collection.case"]
        context = self.env.context
        by_default = {name: context.get(f"default_{name}") for name in ("case_id", "company_id", "partner_id")}
        vals = {**{name: value for name, value in by_default.items() if value}, **vals}
        case = cases.browse(vals.get("case_id"))
        if case:
            case.check_access("read")
            vals = {**vals, "partner_id": case.partner_id.id, "company_id": case.company_id.id}
        else:
            partner = self.env["res.partner"].browse(vals.get("partner_id")).commercial_partner_id
            company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
            # sudo: a dispute belongs to the customer's case, whoever works on that
            case = cases.sudo()._open_cases_of(partner, company).get((partner.id, company.id), cases)
            vals = {**vals, "partner_id": partner.id, "company_id": company.id, "case_id": case.id}
        company = self.env["res.company"].browse(vals["company_id"])
        return {"date_raised": company._collection_today(), **vals}

    def _keep_evidence(self):
        """A file that was attached before the dispute was saved belongs to it now: who sees the dispute sees the file."""
        for dispute in self:
            # sudo: a new file is its uploader's alone; it is handed on by the one who uploaded it, and nobody else
            loose = dispute.sudo().attachment_ids.filtered(
                lambda file: file.res_model == self._name and not file.res_id and file.create_uid.id == self.env.uid
            )
            loose.res_id = dispute.id

    def _check_said(self, names):
        typed = names - SAID
        if typed:
            raise AccessError(
                self.env._(
                    "“%(field)s” of a dispute follows from our answer and cannot be edited. Use the buttons of the dispute.",
                    field=self._fields[min(typed)]._description_string(self.env),
                )
            )

    def _check_belonging(self):
        for dispute in self:
            if not dispute.line_ids:
                raise ValidationError(
                    self.env._(
                        "%s: choose at least one item that the dispute is about, so that it is not chased in the meantime.",
                        dispute.partner_id.display_name,
                    )
                )

    @api.constrains("contact_id", "user_id")
    def _check_people(self):
        """Whoever told us belongs to the customer, whoever answers to the house."""
        for dispute in self:
            dispute.user_id._check_answers_for(dispute.company_id)
            if dispute.contact_id.commercial_partner_id - dispute.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s does not belong to %(customer)s. Choose one of its contacts.",
                        contact=dispute.contact_id.display_name,
                        customer=dispute.partner_id.display_name,
                    )
                )

    @api.constrains("commitment", "commitment_date")
    def _check_commitment(self):
        for dispute in self:
            if bool(dispute.commitment) != bool(dispute.commitment_date):
                raise ValidationError(
                    self.env._(
                        "%s: enter both what we promised the customer and by when.",
                        dispute.partner_id.display_name,
                    )
                )

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_said(set(vals))
        fixed = set(vals) & {"case_id", "company_id", "note_id", "partner_id"}
        decided = self.filtered(lambda dispute: dispute.state not in OPEN)
        if fixed or (decided and set(vals) - {"attachment_ids", "commitment", "commitment_date"}):
            raise UserError(
                self.env._(
                    "%s is on record as raised and answered and cannot be changed. Reopen it, or raise another one.",
                    (decided or self)[:1].display_name,
                )
            )
        result = super().write(vals)
        self._keep_evidence()
        if "user_id" in vals:
            self.user_id._collection_show_disputes(self)
        if "commitment_date" in vals:
            self.sudo().commitment_done_on = False  # a new day is a new promise; what was done is written by the rules
        if {"kind", "user_id", "date_answer_due", "commitment", "commitment_date"} & set(vals):
            self.sudo()._ask_owner()  # asked for by the rules
        if {"kind", "date_answer_due"} & set(vals):
            self.sudo().case_id._decide_later()  # the sentence on the case names the day
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        for dispute in self:
            raise UserError(
                self.env._(
                    "%s is a record of what the customer said and must be kept. Withdraw it instead.", dispute.name
                )
            )

    # -- Buttons -------------------------------------------------------------------------------------------------

    @api.model
    def _action_raise(self, context, items):
        """The dialog that raises a dispute; of ``items`` all is proposed that is in no dispute yet."""
        lines = [Command.create({"item_id": item.id, "amount": item._collection_disputable()}) for item in items]
        return open_dialog(
            self.env._("Raise a Dispute"),
            self._name,
            {**context, "default_line_ids": lines},
            self.env.ref("grey_hat_collections.collection_dispute_view_form_raise").id,
        )

    def action_raise(self):
        """Close the dialog: the dispute was recorded by saving it."""
        return {"type": "ir.actions.act_window_close"}

    def action_start(self):
        """Say that somebody is at it."""
        self.check_access("write")
        waiting = self.filtered(lambda dispute: dispute.state == "new")
        waiting.sudo().state = "in_progress"  # states are written by the rules; access was checked
        return True

    def action_open_case(self):
        """Show the case of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_case_action")
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.case_id.id}
