import json
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, email_normalize

from ...transport import https
from ..base import limits

SHORTEST_SECRET = 16
TRANSPORTS = [("email", "E-mail, encrypted ZIP"), ("https", "HTTPS, signed JSON")]


class CollectionAgencySecret(models.Model):
    """What only we and the agency know. It has a table of its own, so that no message about an agency's row can carry it."""

    _name = "collection.agency.secret"
    _description = "Secret of an Agency"
    _inherit = ["collection.door"]
    _log_access = False

    agency_id = fields.Many2one(
        "collection.agency", required=True, ondelete="cascade", readonly=True, help="With whom it is shared."
    )
    value = fields.Char(
        readonly=True, copy=False, prefetch=False, groups=fields.NO_ACCESS, help="Signs what we send; nobody reads it."
    )

    _unique_agency = models.Constraint("UNIQUE(agency_id)", "An agency can have only one secret.")


class CollectionAgency(models.Model):
    """Transport: how hand-overs reach the agency, and the secret that signs them."""

    _inherit = "collection.agency"

    transport = fields.Selection(
        TRANSPORTS,
        string="Delivery Method",
        required=True,
        default="email",
        tracking=True,
        help="How packets and messages reach the agency: automatically by HTTPS, or as an encrypted file by e-mail, with the "
        "password given by phone.",
    )
    handover_email = fields.Char(
        string="E-mail for Handovers",
        tracking=True,
        help="Where encrypted packets go. Left empty, the e-mail of the agency's contact.",
    )
    url = fields.Char(
        string="Address (HTTPS)", copy=False, tracking=True, help="Where the agency takes packets and messages."
    )
    ca_certificate = fields.Text(
        string="Custom CA Certificate",
        copy=False,
        help="PEM of the agency's certificate authority, if it is not a public one. Then no other one is trusted.",
    )
    allow_private_address = fields.Boolean(
        copy=False,
        tracking=True,
        help="Allows an address in a private network. Only an administrator can set it; without it nothing is sent to an address "
        "in our own network, whatever the agency's name resolves to.",
    )
    new_secret = fields.Char(
        compute="_compute_new_secret",
        readonly=False,
        copy=False,
        exportable=False,
        help="Enter the secret agreed with the agency. It is stored and never shown again.",
    )
    has_secret = fields.Boolean(
        string="A Secret Is Set",
        compute="_compute_has_secret",
        help="Messages by HTTPS are signed with it, so that the agency knows that they are ours.",
    )

    def _compute_new_secret(self):
        """What was written is never told."""
        self.new_secret = False

    def _compute_has_secret(self):
        known = {
            agency.id
            for (agency,) in self._secrets()._read_group([("agency_id", "in", self._origin.ids)], ["agency_id"])
        }
        for agency in self:
            agency.has_secret = agency._origin.id in known

    def _secrets(self):
        # sudo: nobody has a right to secrets; here one is used for signing, or it is asked whether there is one
        return self.env["collection.agency.secret"].sudo()

    # -- Checks --------------------------------------------------------------------------------------------------

    @api.constrains("url")
    def _check_url(self):
        for agency in self.filtered("url"):
            try:
                https.check_url(agency.url)
            except https.Refused:
                raise ValidationError(
                    self.env._(
                        "%s: enter an address that begins with https:// and holds neither a user nor a password.",
                        agency.name,
                    )
                ) from None

    @api.constrains("ca_certificate")
    def _check_ca_certificate(self):
        for agency in self.filtered("ca_certificate"):
            try:
                https.check_certificate(agency.ca_certificate)
            except https.Refused:
                raise ValidationError(
                    self.env._(
                        "%s: paste the certificate of the certificate authority in PEM format, from BEGIN to END.",
                        agency.name,
                    )
                ) from None

    @api.constrains("handover_email")
    def _check_handover_email(self):
        for agency in self.filtered("handover_email"):
            if not email_normalize(agency.handover_email):
                raise ValidationError(self.env._("%s: enter one e-mail address for handovers.", agency.name))

    # -- Create, write -------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_private_address(vals_list)
        secrets = [vals.get("new_secret") for vals in vals_list]
        agencies = super().create([_without_secret(vals) for vals in vals_list])
        for agency, secret in zip(agencies, secrets, strict=True):
            if secret:
                agency._set_secret(secret)
        return agencies

    def write(self, vals):
        if "allow_private_address" in vals and any(
            agency.allow_private_address != vals["allow_private_address"] for agency in self
        ):
            self._check_private_address([vals | {"allow_private_address": True}])
        result = super().write(_without_secret(vals))
        if vals.get("new_secret"):
            self._set_secret(vals["new_secret"])
        return result

    def _check_private_address(self, vals_list):
        if self.env.su or self.env.user.has_group("base.group_system"):
            return
        if any(vals.get("allow_private_address") for vals in vals_list):
            raise AccessError(
                self.env._("Ask an administrator to allow or stop handovers to an address in our own network.")
            )

    def _set_secret(self, secret):
        self.check_access("write")
        secret = secret.strip()
        limits.check(self, self._fields["new_secret"], secret)  # it never comes by the door
        if len(secret) < SHORTEST_SECRET:
            raise ValidationError(self.env._("Enter a secret of at least %s characters.", SHORTEST_SECRET))
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """INSERT INTO collection_agency_secret (agency_id, value) SELECT unnest(%s), %s
                   ON CONFLICT (agency_id) DO UPDATE SET value = EXCLUDED.value""",
                self.ids,
                secret,
            ),
            log_exceptions=False,  # a statement that fails is not logged with the secret in it
        )
        self._secrets().invalidate_model()
        self.invalidate_recordset(["has_secret"])
        self._note(self.env._("A new secret was set."))

    def _secret(self):
        """What signs messages to this agency; empty when none is set. Never to be shown, logged or stored."""
        self.ensure_one()
        return self._secrets().search([("agency_id", "=", self.id)], limit=1).value or ""

    def copy_data(self, default=None):
        """A copy has a secret of its own."""
        return super().copy_data(_without_secret(default or {}))

    # -- Speaking ------------------------------------------------------------------------------------------------

    def _post(self, body, key):
        """Hand ``body`` to the agency by HTTPS (see :func:`..transport.https.post` for what comes of it)."""
        self.ensure_one()
        return https.post(
            self.url or "",
            body,
            self._secret(),
            key,
            allow_private=self.allow_private_address,
            ca=self.ca_certificate or None,
        )

    def _address_for_packets(self):
        """The e-mail address of hand-overs; empty where there is none."""
        self.ensure_one()
        return email_normalize(self.handover_email or self.partner_id.email or "") or ""

    def _why_not_reached(self, failure):
        """What came of speaking to the agency by HTTPS, as a sentence that says what to do."""
        _ = self.env._
        name = self.name
        if failure.why == "status":
            return _("%(agency)s responded with status %(status)s.", agency=name, status=failure.status)
        return {
            "url": _("The address of %s is not one that begins with https://. Correct it on the agency.", name),
            "address": _(
                "The address of %s leads into a private network. Correct it, or ask an administrator to allow that.",
                name,
            ),
            "certificate": _(
                "%s could not be verified: its certificate is not valid. Ask the agency to fix it.",
                name,
            ),
            "redirect": _(
                "%s redirected the message to another address, so it was not sent. Ask the agency for the correct address.",
                name,
            ),
            "timeout": _("%s did not answer in time.", name),
            "connection": _("The connection to %s failed.", name),
        }[failure.why]

    def action_test_connection(self):
        """Say hello to the agency: nothing about any customer, only whether a signed message arrives."""
        self.ensure_one()
        self.check_access("write")
        if self.transport != "https" or not self.url or not self.has_secret:
            raise UserError(self.env._("%s: enter its address and the secret first.", self.name))
        key = str(uuid.uuid4())
        moment = fields.Datetime.now().isoformat() + "Z"
        body = json.dumps({"version": 1, "kind": "ping", "key": key, "sent": moment})
        try:
            self._post(body.encode(), key)
        except (https.Refused, https.Unreachable) as failure:
            raise UserError(self._why_not_reached(failure)) from None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s responded: packets and messages get through.", self.name),
            },
        }


def _without_secret(vals):
    return {name: value for name, value in vals.items() if name != "new_secret"}
