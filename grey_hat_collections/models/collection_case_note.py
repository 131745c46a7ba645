from odoo import api, fields, models

REPLY_XMLID = "grey_hat_collections.mail_activity_type_reply"
CALLBACK_XMLID = "grey_hat_collections.mail_activity_type_callback"
CALL_AGAIN_XMLID = "grey_hat_collections.mail_activity_type_call_again"


class CollectionCase(models.Model):
    """The conversation with the customer: notes, attempts, answers, silence."""

    _inherit = "collection.case"

    note_ids = fields.One2many("collection.note", "case_id", string="Notes")
    note_count = fields.Integer(compute="_compute_note_count")
    unanswered_since = fields.Date(readonly=True, help="The first contact since the customer last answered.")
    is_silent = fields.Boolean(
        string="Silent",
        readonly=True,
        help="Several contacts over a while have found no answer: the final notice comes at its earliest date.",
    )

    @api.depends("note_ids")
    def _compute_note_count(self):
        groups = self.env["collection.note"]._read_group([("case_id", "in", self.ids)], ["case_id"], ["__count"])
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.note_count = counts.get(case.id, 0)

    # -- Attempts and answers ------------------------------------------------------------------------------------

    def _note_attempt(self, day=None):
        """Somebody wrote or called on ``day`` (today at the company by default). Needs superuser mode."""
        for company, cases in self.grouped("company_id").items():
            on = day or company._collection_today()
            for case in cases:
                values = {"last_contact_date": max(filter(None, (case.last_contact_date, on)))}
                if not case.last_reply_date or case.last_reply_date <= on:
                    values |= {
                        "unanswered_count": case.unanswered_count + 1,
                        "unanswered_since": min(filter(None, (case.unanswered_since, on))),
                    }
                case.write(values)

    def _note_reply(self, day=None, unread=False):
        """The customer answered on ``day`` (today at the company by default): the silence is over, and automatic letters
        rest.

        :param unread: nobody has read the answer yet; where the company wishes so, letters wait until somebody has
        """
        # an incoming message may be handled with the rights of a guest
        for company, cases in self.sudo().grouped("company_id").items():
            on = day or company._collection_today()
            for case in cases:
                values = {"last_reply_date": max(filter(None, (case.last_reply_date, on)))}
                if not unread:
                    values["last_contact_date"] = max(filter(None, (case.last_contact_date, on)))
                if not case.unanswered_since or case.unanswered_since <= on:
                    values |= {"unanswered_count": 0, "unanswered_since": False, "is_silent": False}
                case.write(values)
            waiting = cases.filtered(lambda case: case.state != "closed")
            if unread and company.collection_reply_stops:
                waiting._ask_to_read()
            waiting._decide()

    def _ask_to_read(self):
        """Ask the collectors to read an answer; asked once until somebody has."""
        read = self.env.ref(REPLY_XMLID)
        asked = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("activity_type_id", "=", read.id)]
        )
        known = set(asked.mapped("res_id"))
        self.filtered(lambda case: case.id not in known)._ask(
            lambda case: {
                "activity_type_id": read.id,
                "summary": case._in_language_of(case.user_id).env._("Read the customer's answer"),
                "user_id": case.user_id.id,
            }
        )

    def _is_silence(self):
        """Whether so many contacts over so long have found no answer that the company calls it silence."""
        self.ensure_one()
        company = self.company_id
        attempts = company.collection_silent_attempts
        if not attempts or not self.unanswered_since or self.unanswered_count < attempts:
            return False
        return (company._collection_today() - self.unanswered_since).days >= company.collection_silent_days
