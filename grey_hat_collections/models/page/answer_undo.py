from odoo import SUPERUSER_ID, api, models

from ...engine.days import later
from ..base.batch import take_turn

#: What has been done with these is done, and needs no undoing.
FINAL = frozenset({"addition", "copies", "withdrawal"})


class CollectionPageAnswer(models.Model):
    """*That was not us*: whoever reads the confirmation undoes what was done, by a link of its own."""

    _inherit = "collection.page.answer"

    @api.model
    def _find_to_undo(self, token):
        """The answer that this token undoes, while it can be; else none. In superuser mode, whoever holds the token."""
        answers = self.with_user(SUPERUSER_ID)  # the token alone says who may
        answer = answers.search(
            [("undo_hash", "=", self.env["collection.page.link"]._fingerprint(token or ""))], limit=1
        )
        return answer.filtered(lambda one: one._can_undo() and one._is_fresh() and one.company_id.collection_page)

    def _can_undo(self):
        return self.kind not in FINAL

    def _is_fresh(self):
        company = self.company_id
        last = later(company._collection_date(self.create_date), company.collection_page_days)
        return self.partner_id.active and company._collection_today() <= last

    def _undo(self):
        """Take back what was done, as far as it is not over, and tell a colleague. The link by which they came stops working:
        somebody has it who should not. Needs superuser mode.
        """
        self.ensure_one()
        take_turn(self)
        if self.state == "undone":
            return
        rules = self.with_company(self.company_id).with_context(allowed_company_ids=self.company_id.ids)
        with self.env.cr.savepoint():
            rules._take_back_all()
            rules.state = "undone"
            rules.link_id._revoke()
            kinds = dict(self._fields["kind"].selection)
            label = kinds[self.kind]
            rules._ask_person(
                lambda env: env._("“That was not us” (%s): find out who has a link to the page", label),
                note=self.words or "",
                collection_planned_by_id=False,
            )

    def _take_back_all(self):
        if self.plan_id.state in ("draft", "active"):
            self.plan_id._end("cancelled", self.env._("The customer says that it was not them."))
        if self.note_id:
            self.note_id._take_back()
            self.note_id.active = False
        elif self.dispute_id.state in ("new", "in_progress"):
            self.dispute_id.action_withdraw()
        case = self.case_id
        if self.hold_until and case.state == "hold" and case.hold_until == self.hold_until:
            case._release()
        if self.kind == "wishes":
            people = self.env["res.partner"].browse(int(key) for key in self.before or {}).exists()
            for person in people:
                person.write(self.before[str(person.id)])
