from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

#: Outcomes that make no sense while an agency speaks for us: the customer is referred to it instead.
AGENCY_OUTCOMES = ("asks_time", "callback", "left_message", "no_answer", "promised", "refuses", "upset")


class CollectionLogContact(models.TransientModel):
    """A contact with a customer whose account is with an agency: we refer them kindly, promise nothing, and tell the agency."""

    _inherit = "collection.log.contact"

    agency_id = fields.Many2one(related="case_id.agency_id")
    referred_answer = fields.Text(
        string="Your Answer",
        compute="_compute_referred_answer",
        store=True,
        precompute=True,
        readonly=False,
        help="Read it out, or send it: it refers the customer to the agency.",
    )
    send_answer = fields.Boolean(string="E-mail This Answer", help="Sent to the contact above; the case keeps it.")
    tell_agency = fields.Boolean(
        string="Tell the Agency",
        default=True,
        help="The agency is informed that there was contact, when and how, and gets the message below.",
    )
    word_to_agency = fields.Text(
        string="Message to the Agency", help="What the agency should know. Your note stays internal."
    )

    @api.depends("case_id", "contact_id")
    def _compute_referred_answer(self):
        for dialog in self:
            case = dialog.case_id
            lang = dialog.contact_id._collection_lang() or dialog.customer_id._collection_lang() or dialog.env.lang
            dialog.referred_answer = (
                case.with_context(lang=lang)._answer_of_referred(dialog.contact_id)
                if case.state == "referred"
                else False
            )

    def _check(self):
        if self.case_state != "referred":
            return super()._check()
        if self.has_promise:
            raise UserError(
                self.env._(
                    "%(customer)s is with %(agency)s: make no commitments here. Choose another outcome, refer the customer to "
                    "the agency, and tell the agency what was offered.",
                    customer=self.customer_id.display_name,
                    agency=self.agency_id.name,
                )
            )
        if self.send_answer and not self.contact_id.email:
            raise UserError(
                self.env._(
                    "%s has no e-mail address. Read the answer out, or choose another contact.",
                    self.contact_id.display_name or self.customer_id.display_name,
                )
            )
        if self.outcome in AGENCY_OUTCOMES:
            return None
        return super()._check()

    def _follow_up(self):
        if self.case_state != "referred":
            return super()._follow_up()
        if self.outcome not in AGENCY_OUTCOMES:
            super()._follow_up()
        if self.send_answer:
            self._send_answer()
        # of a dispute the agency hears through the dispute itself
        if self.tell_agency and (not self.has_dispute or self.word_to_agency):
            self._tell_agency()
        return None

    def _send_answer(self):
        self.case_id.message_post(
            body=Markup("<div>%s</div>") % plaintext2html(self.referred_answer or ""),
            subject=self.company_id.name,
            partner_ids=self.contact_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="grey_hat_collections.mail_frame",
        )

    def _tell_agency(self):
        """Who turned to whom, when and how, and the word that was meant for the agency."""
        outbox = self.env["collection.agency.message"].sudo()  # the outbox is the rules'
        note = self.note_id
        for referral in self.case_id._referrals_with_agency().sudo()[:1]:  # see above
            outbox._queue(
                referral,
                "contact",
                {
                    "referral": referral.name,
                    "date": fields.Datetime.to_string(note.date),
                    "channel": note.channel,
                    "direction": note.direction,
                    "disputes": False,
                    "word": self.word_to_agency or "",
                },
            )
