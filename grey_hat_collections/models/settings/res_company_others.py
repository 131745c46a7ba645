from markupsafe import Markup
from odoo import api, fields, models

from ..base.internal import INTERNAL

OTHERS_XMLID = "grey_hat_collections.mail_activity_type_other_system"


class ResCompany(models.Model):
    """Other add-ons of this database that write to the same customers about the same invoices."""

    _inherit = "res.company"

    collection_told_of_others = fields.Char(
        string="Other Systems Reported",
        readonly=True,
        copy=False,
        **INTERNAL,
        help="The other reminder systems that a manager of this company was notified of.",
    )

    @api.model
    def _collection_known_others(self):
        """Add-ons that remind customers: by technical name, what each is called, and how to keep it quiet."""
        return {
            "account_credit_control": (
                self.env._("Credit Control"),
                self.env._(
                    "It writes after each run (Invoicing, Credit Control, Runs). Stop making runs, or uninstall it. To exclude "
                    "one customer there, choose the policy “No follow”."
                ),
            ),
            "account_followup": (
                self.env._("Payment Follow-up"),
                self.env._(
                    "It writes automatically at each follow-up level that is automatic (Accounting, Configuration, Follow-up "
                    "Levels). Switch that off at each level, or uninstall it. To exclude one customer there, set the reminders "
                    "to manual."
                ),
            ),
            "account_invoice_overdue_reminder": (
                self.env._("Overdue Invoice Reminder"),
                self.env._(
                    "It writes when someone starts it (Invoicing, Customers, Overdue Invoice Remind). Stop starting it, or "
                    "uninstall it. To exclude one customer there, tick “Disable Overdue Invoice Reminder”."
                ),
            ),
        }

    @api.model
    def _collection_others(self):
        """Those of them that are installed here: their names, and how to keep them quiet, by technical name."""
        known = self._collection_known_others()
        # sudo: which add-ons are installed is for administrators to read
        installed = (
            self.env["ir.module.module"]
            .sudo()
            .search([("name", "in", list(known)), ("state", "in", ("installed", "to upgrade"))], order="name")
        )
        return {name: known[name] for name in installed.mapped("name")}

    @api.model
    def _collection_others_warning(self):
        """What there is to decide, and the ways to do so, as HTML; empty where nobody else writes to customers."""
        others = self._collection_others()
        if not others:
            return False
        intro = self.env._(
            "More than one system writes to the same customers about what is overdue, and none knows what the others have sent. "
            "Let one of them do it."
        )
        ours = self.env._(
            "It writes by the scheduled actions whose names begin with “Collections” (Settings, Technical, in developer mode). "
            "Archive these. To exclude one customer here, tick “Do Not Contact”."
        )
        lines = [*others.values(), (self.env._("Collections"), ours)]
        return Markup('<p>%s</p><ul class="mb-0">%s</ul>') % (
            intro,
            Markup().join(Markup("<li><strong>%s</strong>: %s</li>") % line for line in lines),
        )

    @api.model
    def _collection_tell_of_others(self, companies):
        """Ask a manager of each of these companies, once for each other system, which one shall write. Needs superuser mode."""
        others = self._collection_others()
        names = ",".join(others) or False
        changed = companies.filtered(lambda company: company.collection_told_of_others != names)
        if not changed:
            return
        if not others:
            changed._collection_asked_about_others().unlink()
            changed.collection_told_of_others = False
            return
        news = changed.filtered(
            lambda company: not others.keys() <= set((company.collection_told_of_others or "").split(","))
        )
        managers = {company: company._collection_reviewer() for company in news}
        told = news.filtered(lambda company: managers[company])  # where nobody is a manager yet, somebody will be
        told._collection_asked_about_others().unlink()
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [company._collection_question_about_others(managers[company]) for company in told]
        )
        (changed - news | told).collection_told_of_others = names

    def _collection_asked_about_others(self):
        """What the managers of these companies were asked and have not answered yet."""
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", self.partner_id.ids),
                ("activity_type_id", "=", self.env.ref(OTHERS_XMLID).id),
                ("automated", "=", True),
            ]
        )

    def _collection_question_about_others(self, manager):
        """The values of the activity, in the language of who gets it."""
        words = self.with_context(lang=manager.lang or self.env.lang)
        others = [name for name, _way in words._collection_others().values()]
        return {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": self.partner_id.id,
            "activity_type_id": self.env.ref(OTHERS_XMLID).id,
            "summary": words.env._("%(others)s and Collections write to the same customers", others=", ".join(others)),
            "note": words._collection_others_warning(),
            "user_id": manager.id,
            "date_deadline": self._collection_today(),
            "automated": True,
        }
