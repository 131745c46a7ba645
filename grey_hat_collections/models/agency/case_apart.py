from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount, format_date

from ..base.batch import take_turn
from ..base.to_decimal import to_decimal
from ..case.case_step import REVIEW_XMLID


class CollectionCase(models.Model):
    """An agency has what was handed over, and we ask ourselves for what has fallen due since: a manager wants it so.

    The case is open again and goes its own way; of what the agency has nothing is asked for, which the ledger sees to. It is
    silent again when nothing of ours is left, when the rest is handed over too, or when a manager says so.
    """

    _inherit = "collection.case"

    has_new_items = fields.Boolean(
        compute="_compute_has_new_items",
        help="The case is with an agency, and something has fallen due that the agency does not have.",
    )
    asks_apart = fields.Boolean(
        string="Chases Separately",
        compute="_compute_asks_apart",
        help="An agency has part of this account, and we chase the rest ourselves.",
    )

    @api.depends("agency_id", "amount_chased", "state")
    def _compute_has_new_items(self):
        new = self.filtered(lambda case: case.state == "referred")._new_items()
        for case in self:
            case.has_new_items = bool(new.get(case.id))

    @api.depends("agency_id", "state")
    def _compute_asks_apart(self):
        for case in self:
            case.asks_apart = bool(case.agency_id) and case.state in ("open", "hold")

    @api.depends("asks_apart", "balance")
    def _compute_agency_notice(self):
        apart = self.filtered("asks_apart")
        for case in apart:
            case.agency_notice = case._agency_sentence_apart()
        return super(CollectionCase, self - apart)._compute_agency_notice()

    def _agency_sentence_apart(self):
        """What an agency has of an account of which we ask for the rest, and what to tell the customer about it."""
        self.ensure_one()
        held = sum(self._items_held().mapped("amount_residual"))
        names = {
            "agency": self.agency_id.name,
            "amount": format_amount(self.env, held, self.currency_id),
            "since": format_date(self.env, self.referred_on, date_format="long"),
            "phone": self.agency_id._phone_for_customers(),
        }
        if not names["phone"]:
            return self.env._(
                "%(agency)s has had %(amount)s of this account since %(since)s: for these invoices, please refer the customer "
                "to %(agency)s. We collect the rest ourselves.",
                **names,
            )
        return self.env._(
            "%(agency)s has had %(amount)s of this account since %(since)s: for these invoices, please refer the customer to "
            "%(agency)s, %(phone)s. We collect the rest ourselves.",
            **names,
        )

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_ask_ourselves(self):
        """Ask for what has fallen due since the hand-over, while the agency goes on with what it has."""
        self.ensure_one()
        self.env["collection.referral"]._check_manager()
        self.check_access("write")
        take_turn(self)
        case = self.sudo()  # state and stage are written by the rules; the manager was checked above
        new = case._new_items().get(case.id, ())
        amount = sum((to_decimal(item.chased) for item in new), to_decimal(0))
        least = to_decimal(case.company_id.collection_min_amount)
        if case.state != "referred" or amount <= least:
            raise UserError(
                self.env._(
                    "%(case)s: nothing worth chasing has fallen due beyond what the agency already has. %(least)s is not "
                    "enough. Wait for the next invoice, or recall the account.",
                    case=self.display_name,
                    least=format_amount(self.env, float(max(amount, least)), self.currency_id),
                )
            )
        case._ask_apart()
        case._message_log(
            body=self.env._(
                "We chase what has fallen due since the handover ourselves: %s.",
                format_amount(self.env, float(amount), self.currency_id),
            ),
            author_id=self.env.user.partner_id.id,
        )
        return True

    def action_leave_to_agency(self):
        """Ask for nothing ourselves any more: what has fallen due since the hand-over waits again."""
        self.ensure_one()
        self.env["collection.referral"]._check_manager()
        self.check_access("write")
        take_turn(self)
        if not self.asks_apart:
            raise UserError(
                self.env._(
                    "%s: we are not chasing anything ourselves at present. Reload the page to see where it stands.",
                    self.display_name,
                )
            )
        case = self.sudo()  # as above
        case._go_to_agency(case._referrals_with_agency()[:1])
        return True

    # -- There and back ------------------------------------------------------------------------------------------

    def _ask_apart(self):
        """The case is ours again, without what the agency has; it stands where its own items do. Needs superuser mode."""
        self.ensure_one()
        self._withdraw_asked_by(REVIEW_XMLID)  # the question is answered
        held = self._items_held()
        if self.step_id and not self._marked():  # a case of the time before marks: its items stand where it does
            values = {"case_id": self.id, "step_id": self.step_id.id, "date": self.step_date or self.referred_on}
            self.env["collection.mark"].create([{**values, "item_id": item.id} for item in held])
        self.write({"state": "open", "new_items_asked": False})
        self._referrals_with_agency().line_ids.apart = True
        self._refresh(self.company_id, self.partner_id)
        self._stand_with_asked()
        self._decide_later()

    def _stand_with_asked(self):
        """Stand where the highest of what is asked for does."""
        items = self._asked_items()[self.id]
        self._stand_at(self._standing_at(items, self.env["collection.mark"]._latest([item.id for item in items])))

    def _go_to_agency(self, referral):
        apart = self.asks_apart
        self._referrals_with_agency().line_ids.apart = False
        result = super()._go_to_agency(referral)
        if apart:
            self._refresh(self.company_id, self.partner_id)
            self._decide_later()
        return result

    def _close(self):
        """Nothing of ours is left, while the agency has its part: the case is silent again. One whose items have moved closes."""
        apart = self.filtered("asks_apart")
        stays = apart.filtered(lambda case: not case._has_moved() and case._referrals_with_agency())
        for case in stays:
            case._go_to_agency(case._referrals_with_agency()[:1])
        (apart - stays)._referrals_with_agency().line_ids.apart = False
        return super(CollectionCase, self - stays)._close()

    def _come_back_from_agency(self, referral, back=0):
        """Of a case that is ours already, only what comes back moves: after a recall it is asked for more mildly, in a cycle of
        its own.
        """
        referral.line_ids.apart = False
        if not self.asks_apart:
            return super()._come_back_from_agency(referral, back)
        if not self._referrals_with_agency():
            self.write({"agency_id": False, "referred_on": False})
        self.released_on = self.company_id._collection_review_day()
        if referral.state == "recalled":
            self._begin_milder_cycle(referral.line_ids.item_id)
        self._refresh(self.company_id, self.partner_id)
        if self.state != "closed":
            if not self.pending_step_id:
                self._stand_with_asked()
            self._decide_later()
            if referral.state == "returned" and referral._is_over():
                self._ask_about_returned(referral, back)
        return None

    def _begin_milder_cycle(self, lines):
        """These items go back to the last step before the final notice, whatever else is asked for."""
        self.ensure_one()
        marks = self.env["collection.mark"].sudo()  # made by the rules only
        highest = self.policy_id._before_notice(self.policy_id.step_ids[-1:])
        marks.create(self._marks_below(marks._latest(lines.ids), highest, self.company_id._collection_today()))
