from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .answer_mail import FRAME, queue_mail

#: An answer on the page is news for so many days.
NEWS_DAYS = 1


class CollectionCase(models.Model):
    """What the customer did on the page, as the collector sees it."""

    _inherit = "collection.case"

    page_answer_ids = fields.One2many("collection.page.answer", "case_id", string="On the Page", readonly=True)
    page_answered_at = fields.Datetime(
        string="Last Answer on the Page",
        compute="_compute_page_answered_at",
        help="When the customer did something there last.",
    )
    page_news = fields.Boolean(
        string="Portal",
        compute="_compute_page_answered_at",
        search="_search_page_news",
        help="The customer did something on the page since yesterday, or something that is to be decided.",
    )

    @api.depends("page_answer_ids.state")
    def _compute_page_answered_at(self):
        groups = self.env["collection.page.answer"]._read_group(
            [("case_id", "in", self.ids)], ["case_id"], ["create_date:max"]
        )
        latest = {case.id: moment for case, moment in groups}
        news = set(self.search(Domain("id", "in", self.ids) & self._domain_page_news()).ids)
        for case in self:
            case.page_answered_at = latest.get(case.id)
            case.page_news = case.id in news

    @api.model
    def _domain_page_news(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=NEWS_DAYS)
        return Domain("page_answer_ids", "any", Domain("create_date", ">=", since) | Domain("state", "=", "waits"))

    @api.model
    def _search_page_news(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True}:
            return self._domain_page_news()
        return ~self._domain_page_news() if set(value) == {False} else Domain.TRUE

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_send_page_link(self):
        """E-mail a new personal link to the contact for payments."""
        self.ensure_one()
        self.check_access("write")
        address = self._email_for_link()
        case = self.sudo()  # the e-mail is written by the rules; access was checked
        case._mail_page_link(address, self.env.user)
        case.message_post(
            body=self.env._("A link to the customer's page was sent to %s.", address),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("The link was sent to %s.", address)},
        }

    def _email_for_link(self):
        """To whom a link may be sent.

        :raises UserError: where the customer gets no e-mails, with the way out
        """
        partner = self.partner_id
        delivery = partner._collection_delivery()[partner.id]
        if partner._collection_unwilling() or delivery["channel"] != "email" or not delivery["address"]:
            raise UserError(
                self.env._("%s gets no e-mails from us. Copy the link and give it another way.", partner.display_name)
            )
        return delivery["address"]

    def _mail_page_link(self, address, user):
        """Queue the e-mail with a new link; the case keeps nothing of it, since whoever reads the link may use it. Needs
        superuser mode.
        """
        partner, company = self.partner_id, self.company_id
        reader = partner._collection_contacts()[partner]
        lang = reader._collection_lang() or partner._collection_lang() or self.env.lang
        case = self.with_context(lang=lang, collection_page_address=self._new_page_address())
        values = {
            "reader": self.env["collection.statement"]._greeted(reader),
            "name": user.name,
            "sentence": case.env._(
                "Here is a personal link to the page of your account with %s. Please keep it to yourself.", company.name
            ),
        }
        body = case.env["ir.qweb"]._render("grey_hat_collections.page_link_mail", values)
        html = case.env["mail.render.mixin"]._render_encapsulate(
            FRAME, body, add_context={"company": company, "lang": lang}, context_record=case
        )
        queue_mail(
            case,
            user if user.email else company,
            {"subject": case.env._("Your account with %s", company.name), "body_html": html, "email_to": address},
        )

    def action_copy_page_link(self):
        """A new personal link, put into the clipboard by the browser."""
        return {
            "type": "ir.actions.client",
            "tag": "collection_copy_text",
            "params": {"text": self._new_page_address(), "message": self.env._("Link copied.")},
        }
