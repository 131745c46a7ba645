from markupsafe import Markup
from odoo import api, models
from odoo.tools.misc import format_amount, format_date

from .dispute_states import OPEN

ANSWER_XMLID = "grey_hat_collections.mail_activity_type_dispute"
COMMITMENT_XMLID = "grey_hat_collections.mail_activity_type_commitment"
LATE_XMLID = "grey_hat_collections.mail_activity_type_late_answer"


class CollectionDispute(models.Model):
    """The clock on us: who is asked for an answer and for what we promised, and who is told when the answer is late."""

    _inherit = "collection.dispute"

    # -- From the first day on -----------------------------------------------------------------------------------

    def _begin(self):
        """Ask for an answer, and leave in peace what is disputed. Needs superuser mode."""
        self._ask_owner()
        for case, disputes in self.filtered("case_id").grouped("case_id").items():
            for dispute in disputes:
                case._message_log(body=dispute._headline())

    def _headline(self):
        """The dispute in a line, with a link, for the chatter of its case."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return Markup("%s: %s, %s. %s") % (
            self._get_html_link(title=self.name),
            kinds[self.kind],
            format_amount(self.env, self.amount, self.currency_id),
            self.description,
        )

    def _account_changed(self):
        """Bring figures and decisions of these customers up to date. Needs superuser mode."""
        cases = self.env["collection.case"]
        for company, disputes in self.grouped("company_id").items():
            cases._refresh(company, disputes.partner_id)
        self.case_id.exists()._decide_later()

    def _ask_owner(self):
        """One activity to answer, and one to do what we promised, each for whoever answers. Needs superuser mode."""
        self._withdraw_asked_by(ANSWER_XMLID, COMMITMENT_XMLID)
        answer, commitment = self.env.ref(ANSWER_XMLID), self.env.ref(COMMITMENT_XMLID)
        self.filtered(lambda dispute: dispute.state in OPEN)._ask(
            lambda dispute: {
                "activity_type_id": answer.id,
                "user_id": dispute.user_id.id,
                "date_deadline": dispute.date_answer_due,
                "summary": dispute._in_language_of(dispute.user_id).env._(
                    "Answer %(customer)s: %(dispute)s", customer=dispute.partner_id.name, dispute=dispute.name
                ),
            }
        )
        self.filtered(lambda dispute: dispute.commitment_state == "open" and dispute.state != "withdrawn")._ask(
            lambda dispute: {
                "activity_type_id": commitment.id,
                "user_id": dispute.user_id.id,
                "date_deadline": dispute.commitment_date,
                "summary": dispute.commitment,
            }
        )

    @api.model
    def _tell_of_late_answers(self, companies):
        """Part of the daily run: an answer of ours that is late goes to the manager of whoever owes it, once for each day
        that was set. The customer's clock does not run meanwhile.
        """
        late = self.search(self._domain_late(companies)).filtered(
            lambda dispute: dispute.late_told_for != dispute.date_answer_due
        )
        self.env["collection.case"]._retry_daily_run(
            len(late._work_on_each(lambda disputes: disputes._tell_of_late_answer()))
        )

    def _tell_of_late_answer(self):
        """Ask the managers to help with these."""
        self._withdraw_asked_by(LATE_XMLID)
        managers = self._managers()
        help_wanted = self.env.ref(LATE_XMLID)
        self._ask(
            lambda dispute: {
                "activity_type_id": help_wanted.id,
                "user_id": managers[dispute].id,
                "summary": dispute._in_language_of(managers[dispute])._late_summary(),
            }
        )
        for day, disputes in self.grouped("date_answer_due").items():
            disputes.late_told_for = day

    def _late_summary(self):
        self.ensure_one()
        return self.env._(
            "%(owner)s has owed %(customer)s an answer since %(date)s (%(dispute)s). Help, or answer yourself",
            owner=self.user_id.name,
            customer=self.partner_id.name,
            date=format_date(self.env, self.date_answer_due),
            dispute=self.name,
        )

    def _managers(self):
        """Who is told when an answer is late: the manager named for the kind, else the reviewing manager of collections,
        else the collector of the case, else whoever owes it.
        """
        levels = self._service_levels()
        return {
            dispute: levels[dispute].manager_id
            or dispute.company_id._collection_reviewer()
            or dispute.case_id.user_id
            or dispute.user_id
            for dispute in self
        }
