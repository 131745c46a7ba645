from odoo import fields, models

from ...engine.days import later

#: Who has answered, or has paid what was asked for, is not silent.
HEARD = {"unanswered_count": 0, "unanswered_since": False, "is_silent": False}


class CollectionCase(models.Model):
    """Attempts to reach the customer, answers, and when nobody answers."""

    _inherit = "collection.case"

    unanswered_since = fields.Date(
        readonly=True, help="The first contact since the customer last replied.", for_rules=True
    )
    is_silent = fields.Boolean(
        string="Silent",
        readonly=True,
        help="Several contacts over time have gone unanswered: the final notice is sent at its earliest date.",
    )

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
        rest. Whoever calls decides on the cases anew.

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
                    values |= HEARD
                case.write(values)

    def _is_silence(self):
        """Whether so many contacts over so long have found no answer that the company calls it silence."""
        day = self._silent_on()
        return bool(day) and day <= self.company_id._collection_today()

    def _silent_on(self):
        """The day from which silence is called so, if nobody answers; None while there were too few attempts."""
        self.ensure_one()
        if not self.unanswered_since:
            return None
        house = self.company_id._collection_house()
        attempts = house.silent_attempts
        if not attempts or self.unanswered_count < attempts:
            return None
        return later(self.unanswered_since, house.silent_days)
