import hashlib
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...engine.days import later

#: Bytes of a token: nobody guesses one.
TOKEN_BYTES = 24
PATH = "/my/balance"


class CollectionPageLink(models.Model):
    """A personal link to the page of one customer in one company. Whoever has it sees that page, and nothing else.

    Kept is only what a token is recognised by; the token itself stands in the letter that carries it.
    """

    _name = "collection.page.link"
    _description = "Link to a Customer's Page"
    _inherit = ["collection.door"]
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    letter_id = fields.Many2one(
        "collection.letter",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The letter that carries it.",
    )
    token_hash = fields.Char(string="Token", required=True, readonly=True, groups=fields.NO_ACCESS, copy=False)
    valid_until = fields.Date(required=True, readonly=True, help="The last day on which it works.")
    revoked_at = fields.Datetime(readonly=True, copy=False)
    opened_at = fields.Datetime(string="Last Opened", readonly=True, copy=False)
    opened_count = fields.Integer(
        string="Opened", readonly=True, copy=False, help="How often the page was opened with it."
    )
    state = fields.Selection(
        [("valid", "Valid"), ("expired", "Expired"), ("revoked", "Revoked")], compute="_compute_state"
    )

    _unique_token = models.UniqueIndex("(token_hash)", "This link exists already.")

    @api.depends("valid_until", "revoked_at")
    def _compute_state(self):
        for link in self:
            if link.revoked_at:
                link.state = "revoked"
            else:
                expired = link.valid_until and link.valid_until < link.company_id._collection_today()
                link.state = "expired" if expired else "valid"

    @api.model
    def _fingerprint(self, token):
        """What a token is recognised by. A token is random enough that no salt is needed."""
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _make_link(self, partner, company, letter=None):
        """A new link. Needs superuser mode: whoever asks for one must have been allowed to write to the customer.

        :return: its token, which is known to nobody afterwards
        :rtype: str
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.create(
            {
                "partner_id": partner.commercial_partner_id.id,
                "company_id": company.id,
                "letter_id": letter.id if letter else False,
                "token_hash": self._fingerprint(token),
                "valid_until": later(company._collection_today(), company.collection_page_days),
            }
        )
        return token

    @api.model
    def _address(self, token, base=None):
        """The address that opens the page with this token.

        :param base: where the server is reached; by default what Odoo knows of it
        """
        return f"{self.get_base_url() if base is None else base}{PATH}/open/{token}"

    @api.model
    def _find(self, fingerprint):
        """The link with this fingerprint, if it works today; else none, without a word why. Needs superuser mode."""
        link = self.search([("token_hash", "=", fingerprint or "")], limit=1)
        return link.filtered(lambda one: one._works())

    def _works(self):
        """Whether this link shows its page today."""
        self.ensure_one()
        return self.state == "valid" and self.partner_id.active and self.company_id.collection_page

    def _revoke(self):
        """These links stop working. Needs superuser mode."""
        self.filtered(lambda link: not link.revoked_at).write({"revoked_at": fields.Datetime.now()})

    def _note_opened(self):
        """The page was looked at by somebody who came by this link. Needs superuser mode."""
        self.write({"opened_at": fields.Datetime.now(), "opened_count": self.opened_count + 1})

    def action_revoke(self):
        """Let these links stop working: whoever works on the case of the customer may, or a manager."""
        self.check_access("read")
        for link in self:
            link._check_may_revoke()
        working = self.filtered(lambda link: link.state == "valid")
        if not working:
            raise UserError(self.env._("%s: this link does not work any more as it is.", self[:1].display_name))
        working.sudo()._revoke()  # written by the rules; who may was checked
        return True

    def _check_may_revoke(self):
        # sudo: whether there is a case; what may be done with it is asked without
        account = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        case = self.env["collection.case"].sudo().search(account, order="id desc", limit=1).sudo(False)
        if case:
            case.check_access("write")
        elif not self.env.user.has_group("grey_hat_collections.group_manager"):
            raise AccessError(self.env._("%s: only a collections manager revokes this link.", self.display_name))
