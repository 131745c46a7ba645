from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount, format_date

from ..base.actions import open_dialog
from ..base.odd_json import known
from ..case.case_step import REVIEW_XMLID
from ..ledger.account_key import owner_key
from .referral_states import WITH_AGENCY


class CollectionCase(models.Model):
    """A case and its agency: handed over, silent meanwhile, taken back."""

    _inherit = "collection.case"

    referral_ids = fields.One2many("collection.referral", "case_id", string="Referrals")
    referral_count = fields.Integer(compute="_compute_referral_count", help="Handovers of this case to agencies.")
    agency_id = fields.Many2one(
        "collection.agency",
        readonly=True,
        index="btree_not_null",
        tracking=True,
        help="The agency that acts for us.",
    )
    referred_on = fields.Date(string="With the Agency Since", readonly=True)
    agency_notice = fields.Char(
        compute="_compute_agency_notice",
        compute_sudo=True,  # who may read the case may know to whom the customer is to be referred
        help="What to tell the customer.",
    )
    recall_notice = fields.Char(
        compute="_compute_recall_notice",
        compute_sudo=True,  # see agency_notice
        help="From which agency the account came back, when and why.",
    )
    agency_phone = fields.Char(
        compute="_compute_agency_notice",
        compute_sudo=True,  # see agency_notice
    )
    amount_with_agency = fields.Monetary(
        compute="_compute_amount_with_agency",
        compute_sudo=True,  # who may read the case may know what the agency has of it
        string="With the Agency",
        help="What is left of the account with the agency.",
    )
    new_items_asked = fields.Json(
        string="New Items Reported",
        readonly=True,
        help="The items that the manager was asked about while the case was with an agency.",
    )

    @api.depends("referral_ids")
    def _compute_referral_count(self):
        for case in self:
            case.referral_count = len(case.referral_ids)

    @api.depends("agency_id", "referred_on", "state")
    def _compute_agency_notice(self):
        for case in self:
            referred = case.state == "referred"
            case.agency_notice = case._agency_sentence() if referred else False
            case.agency_phone = case.agency_id._phone_for_customers() if referred and case.agency_id else False

    @api.depends("referral_ids.amount_open", "referral_ids.state")
    def _compute_amount_with_agency(self):
        for case in self:
            case.amount_with_agency = sum(case._referrals_with_agency().mapped("amount_open"))

    @api.depends("referral_ids.date_ended", "referral_ids.end_reason", "state")
    @api.depends_context("lang")
    def _compute_recall_notice(self):
        """Of what came back, until the account is settled or goes to an agency again."""
        for case in self:
            last = case.referral_ids.sorted("id")[-1:]
            came_back = case.state in ("open", "hold") and last.end_reason and not case.agency_id
            case.recall_notice = came_back and self.env._(
                "Back from %(agency)s since %(day)s: %(reason)s",
                agency=last.agency_id.name,
                day=format_date(self.env, last.date_ended, date_format="EEE, MMM d"),
                reason=last.end_reason,
            )

    def _agency_sentence(self):
        """With whom the account is, since when, and what to tell the customer; empty when it is with nobody."""
        self.ensure_one()
        if not self.agency_id:
            return ""
        names = {
            "agency": self.agency_id.name,
            "since": format_date(self.env, self.referred_on, date_format="long"),
            "phone": self.agency_id._phone_for_customers(),
        }
        if not names["phone"]:
            return self.env._("With %(agency)s since %(since)s: please refer the customer to %(agency)s.", **names)
        return self.env._(
            "With %(agency)s since %(since)s: please refer the customer to %(agency)s, %(phone)s.", **names
        )

    def _answer_of_referred(self, contact):
        """What to say to somebody who turns to us while an agency collects: in the language of the context."""
        self.ensure_one()
        names = {
            "name": contact.name if contact and contact != self.partner_id else "",
            "agency": self.agency_id.name,
            "phone": self.agency_id._phone_for_customers(),
        }
        hello = self.env._("Hello %(name)s,", **names) if names["name"] else self.env._("Hello,")
        body = self.env._(
            "thank you for getting in touch. %(agency)s handles this account for us, so you have one point of contact. They "
            "know your invoices and can agree with you on how to settle them.",
            **names,
        )
        reach = self.env._("You can reach them at %(phone)s.", **names) if names["phone"] else ""
        end = self.env._(
            "If something about an invoice itself is not right, please tell us, and we will look into it right away."
        )
        return "\n\n".join((hello, " ".join(filter(None, (body, reach))), end))

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_refer(self):
        """Open the dialog in which a manager sees the packet and decides."""
        self.ensure_one()
        self.env["collection.referral"]._check_manager()
        if self.state == "closed":
            raise UserError(self.env._("%s is settled, so there is nothing to refer.", self.display_name))
        return open_dialog(self.env._("Refer to an Agency"), "collection.refer", {"default_case_id": self.id})

    def action_recall(self):
        """Take the account back from the agency."""
        self.ensure_one()
        referral = self._referrals_with_agency()[:1]
        if not referral:
            raise UserError(
                self.env._(
                    "%s is not with an agency any more. Reload the page to see where it stands.", self.display_name
                )
            )
        return referral.action_recall()

    def action_open_referrals(self):
        """Show the hand-overs of this case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_referral_action")
        if len(self.referral_ids) == 1:
            return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.referral_ids.id}
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    # -- There and back ------------------------------------------------------------------------------------------

    def _referrals_with_agency(self):
        """The referrals of these cases that an agency works on."""
        return self.referral_ids.filtered(lambda referral: referral.state in WITH_AGENCY)

    def _items_held(self):
        """The items that an agency collects, or that a packet waits to hand over."""
        held = super()._items_held()
        if not self.agency_id:
            return held
        # sudo: which items are not asked for, whoever may read the referral
        lines = (
            self.env["collection.referral.line"]
            .sudo()
            .search([("referral_id.case_id", "in", self.ids), ("state", "in", WITH_AGENCY)])
        )
        return held | lines.item_id.sudo(self.env.su)

    def _go_to_agency(self, referral):
        """From now on an agency speaks for us: everything automatic stops. Needs superuser mode."""
        self.ensure_one()
        reason = self.env._("The account is with %s now.", referral.agency_id.name)
        self._abandon_step(reason)
        waiting = self.env["collection.letter"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("queued", "failed")),
                ("handover_at", "=", False),
                ("dispute_id", "=", False),  # our answer is owed, whoever collects
            ]
        )
        waiting._cancel(reason)
        self._withdraw_asked()
        values = {
            "state": "referred",
            "agency_id": referral.agency_id.id,
            "referred_on": self.referred_on if self.agency_id else referral.date_sent,
            "hold_until": False,
            "hold_reason": False,
        }
        stage = self._stage_of_kind("referred")
        if self.stage_id != stage:
            values |= {"stage_id": stage.id, "date_last_stage_update": fields.Datetime.now()}
        self.write(values)
        self._decide_later()

    @api.model
    def _follow_referrals(self, companies, partners=None):
        """Whoever asks for an item that an agency collects is with that agency: also a customer that has become part of another,
        a settled account that has come back, and one on hold. Needs superuser mode.

        :param partners: limit to these customers (None: all)
        """
        domain = [
            ("company_id", "in", companies.ids),
            ("state", "in", WITH_AGENCY),
            ("case_id.state", "!=", "referred"),
        ]
        if partners is not None:
            domain.append(("partner_id.commercial_partner_id", "in", partners.commercial_partner_id.ids))
        stray = self.env["collection.referral"].search(domain, order="id")
        if not stray:
            return
        cases = self._open_cases_of(stray.partner_id, stray.company_id)
        items = self.env["collection.ledger"]._open_items(stray.partner_id.commercial_partner_id, stray.company_id)
        asked = {item.id for item in items if item.chased > 0}

        def follow(referrals):
            for referral in referrals:
                case = cases.get(owner_key(referral))
                if case and asked.intersection(referral.line_ids.item_id.ids):
                    referral.write({"case_id": case.id, "partner_id": case.partner_id.id})
                    case._go_to_agency(referral)

        stray._work_on_each(follow)

    def _come_back_from_agency(self, referral, back=0):
        """The account is ours again: after a recall at a milder stage, in a new round; returned, a manager decides about what
        came ``back``. A working day is left for a look. Needs superuser mode.
        """
        self.ensure_one()
        if self.state != "referred" or self._referrals_with_agency():
            return
        today = self.company_id._collection_today()
        values = {
            "state": "open",
            "agency_id": False,
            "referred_on": False,
            "released_on": self.company_id._collection_review_day(),
            "date_last_stage_update": fields.Datetime.now(),
        }
        if referral.state == "recalled":
            before = self.policy_id._before_notice(self.step_id)
            values |= {
                "step_id": before.id,
                "step_date": today,
                "reward_from": fields.Datetime.now(),
                "round": self.round + 1,
                "stage_id": (before.stage_id or self._stage_of_kind("normal")).id,
            }
        else:
            values["stage_id"] = (self.step_id.stage_id or self._stage_of_kind("normal")).id
        self.write(values)
        self._decide_later()
        if referral.state == "returned" and referral._is_over():
            self._ask_about_returned(referral, back)

    def _ask_about_returned(self, referral, amount):
        manager = referral._decider()
        told = self._in_language_of(manager)
        self._ask(
            lambda case: {
                "activity_type_id": self.env.ref(REVIEW_XMLID).id,
                "summary": told.env._(
                    "%(agency)s has returned %(amount)s: decide how to proceed",
                    agency=referral.agency_id.name,
                    amount=format_amount(told.env, amount, referral.currency_id),
                ),
                "user_id": manager.id,
            }
        )

    # -- New items of a referred customer ------------------------------------------------------------------------

    @api.model
    def _ask_about_new_items(self, companies):
        """Ask the manager about items of referred customers that have fallen due since: once for each, and nothing goes out
        about them meanwhile.
        """
        asking = companies.filtered(lambda company: company.collection_new_items == "ask")
        cases = self.search([("company_id", "in", asking.ids), ("state", "=", "referred")])
        cases._work_on_each(lambda some: some._ask_about_what_is_new())

    def _ask_about_what_is_new(self):
        """Ask about the items of these referred customers that no agency has, where not all of them were asked about."""
        new = self._new_items()
        for case in self:
            items = new[case.id]
            ids = [item.id for item in items]
            if known(case.new_items_asked, ids) != set(ids):
                case.new_items_asked = ids
                case._ask_about_new(sum(item.chased for item in items))

    def _new_items(self):
        """What is asked for of these referred customers that no agency has, by case id.

        :rtype: dict[int, list[OpenItem]]
        """
        held = set(self._items_held().ids)
        return {
            case_id: [item for item in items if item.id not in held] for case_id, items in self._asked_items().items()
        }

    def _ask_about_new(self, amount):
        self.ensure_one()
        referral = self._referrals_with_agency()[:1]
        manager = referral._decider() if referral else self._agency_reviewers()[self]
        review = self.env.ref(REVIEW_XMLID)
        self._withdraw_asked_by(REVIEW_XMLID)  # asked once
        told = self._in_language_of(manager)
        self._ask(
            lambda case: {
                "activity_type_id": review.id,
                "summary": told.env._(
                    "Another %(amount)s of this customer has fallen due: refer it as well, collect it ourselves, or recall the "
                    "account",
                    amount=format_amount(told.env, amount, self.currency_id),
                ),
                "user_id": manager.id,
            }
        )
