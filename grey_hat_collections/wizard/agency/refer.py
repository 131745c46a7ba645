from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import format_date

from ...models.base.batch import take_turn
from ...models.base.to_decimal import to_decimal
from ..base.once import once

#: The point that is about the items, not about the case.
ITEM_POINT = "item"


class CollectionRefer(models.TransientModel):
    """Refer an account to an agency: the checklist, the agency, and all that would leave the house, before it does."""

    _name = "collection.refer"
    _description = "Refer to an Agency"
    _inherit = ["collection.case.dialog"]

    referral_id = fields.Many2one("collection.referral", string="Draft", readonly=True)
    customer_id = fields.Many2one(related="case_id.partner_id")
    company_id = fields.Many2one(related="case_id.company_id")
    agency_id = fields.Many2one(
        "collection.agency",
        compute="_compute_agency_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        domain="[('company_id', 'in', (False, company_id))]",
        help="The first agency that accepts this customer's country, language and amount is proposed.",
    )
    agency_fit = fields.Text(compute="_compute_agency_fit", help="Why the agency does not accept this account.")
    point_ids = fields.One2many(
        "collection.refer.point",
        "refer_id",
        string="Not Met",
        compute="_compute_point_ids",
        store=True,
        precompute=True,
        readonly=False,
        help="The points of the checklist that are not met. Each needs a reason that is kept.",
    )
    item_ids = fields.One2many(
        "collection.refer.item",
        "refer_id",
        string="Items",
        compute="_compute_item_ids",
        store=True,
        precompute=True,
        readonly=False,
        help="What is chased today and not disputed. Leave out what should stay with us.",
    )
    disputed_notice = fields.Char(compute="_compute_disputed_notice", help="What stays with us.")
    preview = fields.Html(compute="_compute_preview", sanitize=False, help="What the agency will see.")

    @api.depends("case_id")
    def _compute_agency_id(self):
        offers = self._offers()
        for dialog in self:
            offered = offers.get(dialog.case_id, ())
            fitting = next((agency for agency, misfits in offered if not misfits), None)
            dialog.agency_id = dialog._draft().agency_id or dialog.case_id.agency_id or fitting

    @api.depends("agency_id", "case_id", "item_ids.take")
    def _compute_agency_fit(self):
        offers = self._offers()
        for dialog in self:
            misfits = dict(offers.get(dialog.case_id, ())).get(dialog.agency_id._origin, ())
            dialog.agency_fit = "\n".join(misfits)

    def _offers(self):
        """The agencies for what goes of each account; see ``collection.agency._offers``."""
        amounts = {
            dialog.case_id.id: to_decimal(sum(item.chased for item in dialog._items_that_go())) for dialog in self
        }
        return self.env["collection.agency"]._offers(self.case_id, amounts)

    def _items_that_go(self):
        """What is to be handed over, of all that may be: by today's ledger.

        :rtype: list[OpenItem]
        """
        case = self.case_id._origin
        chosen = set(self.item_ids.filtered("take").item_id.ids)
        return [item for item in self.env["collection.referral"]._referable_items(case) if item.id in chosen]

    @api.depends("agency_id", "case_id", "item_ids.take")
    def _compute_point_ids(self):
        for dialog in self:
            known = {one.point: one.reason for one in dialog._draft().override_ids}
            typed = {one.point: one.reason for one in dialog.point_ids}
            dialog.point_ids = [Command.clear()] + [
                Command.create({"point": code, "sentence": sentence, "reason": typed.get(code) or known.get(code)})
                for code, sentence in dialog._unmet_points()
            ]

    def _unmet_points(self):
        """The points that are not met now: of the checklist, and whether a final notice has named what goes.

        :return: (code, sentence) of each
        """
        case = self.case_id._origin
        if not case:
            return []
        points = case._referral_checklist(self.agency_id._origin, {case.id: self._items_that_go()})[case.id]
        unmet = [(point.code, case._point_sentence(point)) for point in points if not point.met]
        unnamed = self.item_ids.filtered(lambda one: one.take and not one.named).item_id
        if unnamed:
            numbers = ", ".join(unnamed.mapped(lambda line: line.move_name or ""))
            unmet.append((ITEM_POINT, self.env._("%s is not included in any final notice.", numbers)))
        return unmet

    @api.depends("case_id")
    def _compute_item_ids(self):
        for dialog in self:
            case = dialog.case_id._origin
            items = self.env["collection.referral"]._referable_items(case) if case else []
            named, ripe = case._warned_about(items) if items else (set(), set())
            dialog.item_ids = [Command.clear()] + [
                Command.create({"item_id": item.id, "named": item.id in named, "take": item.id in ripe})
                for item in items
            ]

    @api.depends("case_id")
    def _compute_disputed_notice(self):
        for dialog in self:
            lines = dialog.case_id.open_item_ids.filtered(lambda line: line.collection_chase_state == "disputed")
            numbers = ", ".join(lines.mapped(lambda line: line.move_name or line.name or ""))
            dialog.disputed_notice = numbers and self.env._("Stays with us because it is disputed: %s.", numbers)

    @api.depends("agency_id", "case_id", "item_ids.take")
    def _compute_preview(self):
        for dialog in self:
            dialog.preview = dialog._preview()

    def _preview(self):
        """What the agency will see: the same facts as in the packet, and the names of its files."""
        self.ensure_one()
        case = self.case_id._origin
        if not case or not self.agency_id:
            return False
        draft = self.env["collection.referral"].new(
            {
                "case_id": case.id,
                "partner_id": case.partner_id.id,
                "company_id": case.company_id.id,
                "agency_id": self.agency_id.id,
            }
        )
        items = self.item_ids.filtered("take").item_id._origin
        told = {
            "customer": self._customer_in_words(draft._customer_told()),
            "notices": [self._notice_in_words(told) for told in draft._notices_told(items)],
            "contacts": [self._contact_in_words(contact) for contact in draft._contacts_told()],
            "files": draft._file_names(items),
            "rules": draft._rules_told(),
        }
        return self.env["ir.qweb"]._render("grey_hat_collections.packet_preview", told)

    def _customer_in_words(self, told):
        """Each fact on a line; the address names the country, and the language has a name."""
        languages = dict(self.env["res.lang"].get_installed())
        words = told | {"language": languages.get(told.get("language"), told.get("language"))}
        return [value for name, value in words.items() if value and (name != "country" or "address" not in told)]

    def _notice_in_words(self, told):
        days = {name: format_date(self.env, told[name]) for name in ("sent", "posted", "delivered") if told.get(name)}
        return {"number": "", "sent": "", **told, **days}

    def _contact_in_words(self, told):
        """One contact as a line, in the words of letters and notes."""
        labels = {
            "kind": self._labels("collection.letter", "kind") | {"contact": ""},
            "channel": self._labels("collection.letter", "channel") | self._labels("collection.note", "channel"),
            "outcome": self._labels("collection.note", "outcome"),
        }
        words = [known.get(told[name], told[name]) for name, known in labels.items() if told.get(name)]
        return f"{format_date(self.env, told['date'])}: {', '.join(filter(None, words))}"

    def _labels(self, model, name):
        return dict(self.env[model]._fields[name]._description_selection(self.env))

    # -- Saving --------------------------------------------------------------------------------------------------

    @once
    def action_save_draft(self):
        """Keep the decision as a draft."""
        return self._show(self._save())

    @once
    def action_refer(self):
        """Approve the referral: the packet is stored and handed over."""
        self.ensure_one()
        self._check()
        referral = self._save()
        referral.sudo()._approve()  # written by the rules; the manager's decision was checked
        return self._show(referral)

    def _show(self, referral):
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_referral_action")
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": referral.id}

    def _draft(self):
        """The draft that the dialog goes on with; nothing of one about another account."""
        self.ensure_one()
        return self.referral_id.filtered(lambda referral: referral.case_id == self.case_id._origin)

    def _check_draft(self):
        if self._draft() != self.referral_id:
            raise UserError(
                self.env._(
                    "%(referral)s is for a different account than %(case)s. Open that draft and choose Continue.",
                    referral=self.referral_id.name,
                    case=self.case_id.display_name,
                )
            )

    def _check(self):
        """Say what is missing before anything is written."""
        self._check_draft()
        case = self.case_id
        take_turn(case)
        if self.referral_id.state not in (False, "draft"):
            raise UserError(self.env._("%s has already been approved.", self.referral_id.display_name))
        waiting = case.referral_ids.filtered(lambda referral: referral.state == "approved")
        if waiting:
            raise UserError(
                self.env._("%s is waiting for handover. Reset it to draft before referring more.", waiting[:1].name)
            )
        if case.agency_id and case.agency_id != self.agency_id:
            raise UserError(
                self.env._(
                    "%(customer)s is with %(agency)s and would not know which agency to contact. Choose the same agency, or "
                    "recall the account first.",
                    customer=self.customer_id.display_name,
                    agency=case.agency_id.name,
                )
            )
        if not self.agency_id._is_accredited(self.company_id):
            raise UserError(
                self.env._(
                    "%s has no valid accreditation, so nothing is handed over to it. Choose another agency, or enter the new "
                    "accreditation first.",
                    self.agency_id.name,
                )
            )
        for _code, sentence, reason in self._unmet():
            if not reason:
                raise UserError(
                    self.env._(
                        "%(customer)s: %(sentence)s Or enter why you are referring the account anyway.",
                        customer=self.customer_id.display_name,
                        sentence=sentence,
                    )
                )

    def _unmet(self):
        """The points that are not met now, whatever the dialog has shown, with the reasons that were written down.

        :return: (code, sentence, reason) of each
        """
        reasons = {point.point: (point.reason or "").strip() for point in self.point_ids}
        return [(code, sentence, reasons.get(code, "")) for code, sentence in self._unmet_points()]

    def _save(self):
        """Write the draft: its items from today's ledger, and the reasons for what is not met."""
        self.ensure_one()
        referrals = self.env["collection.referral"]
        referrals._check_manager()
        self._check_draft()
        case = self.case_id
        case.check_access("write")
        items = self._items_that_go()
        if not items:
            raise UserError(
                self.env._("%s: nothing is left that could be referred. Leave at least one item.", case.display_name)
            )
        values = {"agency_id": self.agency_id.id, "user_id": self.env.user.id}
        referral = self.referral_id.sudo()  # written by the rules; managers may, which was checked
        if referral:
            if referral.state != "draft":
                raise UserError(self.env._("%s has already been approved.", referral.display_name))
            referral.write(values)
        else:
            referral = referrals.sudo().create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    **values,
                }
            )
            self.referral_id = referral
        referral._set_items(items)
        referral.override_ids.unlink()
        referral.override_ids = [
            Command.create({"point": code, "sentence": sentence, "reason": reason, "user_id": self.env.user.id})
            for code, sentence, reason in self._unmet()
            if reason
        ]
        return referral.sudo(False)


class CollectionReferPoint(models.TransientModel):
    """A point of the checklist that is not met, and why the account is referred all the same."""

    _name = "collection.refer.point"
    _description = "Unmet Point of a Referral"
    _inherit = ["collection.door"]

    refer_id = fields.Many2one("collection.refer", required=True, ondelete="cascade")
    point = fields.Char(readonly=True)
    sentence = fields.Char(string="Not Met", readonly=True)
    reason = fields.Text(string="Reason for Override", help="Kept with the referral, with your name.")


class CollectionReferItem(models.TransientModel):
    """An item that would be referred."""

    _name = "collection.refer.item"
    _description = "Item to Refer"
    _inherit = ["collection.dialog"]
    _about = "item_id"

    refer_id = fields.Many2one("collection.refer", required=True, ondelete="cascade")
    item_id = fields.Many2one("account.move.line", required=True, readonly=True)
    named = fields.Boolean(
        string="In a Final Notice",
        default=True,
        help="Whether a final notice has demanded this item and stated what follows.",
    )
    take = fields.Boolean(
        string="Include",
        default=True,
        help="Whether it is referred to the agency. Proposed is what the customer was fully warned about; what no final notice "
        "includes needs a reason, which is kept.",
    )
    number = fields.Char(related="item_id.move_name", string="Number")
    currency_id = fields.Many2one(related="item_id.currency_id")
    date_due = fields.Date(related="item_id.collection_due_date", string="Due")
    days_overdue = fields.Integer(related="item_id.collection_days_overdue")
    residual = fields.Monetary(related="item_id.amount_residual_currency", string="Open")
