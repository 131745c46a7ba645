from odoo import SUPERUSER_ID, models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    _inherit = "res.users"

    def _reads_as_collector_only(self, model):
        """Whether this user reads records of ``model``, one of Odoo's, for no other reason than being a collector: what we
        let collectors read is limited, what other work brings along is not.
        """
        self.ensure_one()
        if not self.has_group("grey_hat_collections.group_collector"):
            return False
        ours = self.env.ref("grey_hat_collections.privilege_collections")
        # sudo: nobody but administrators reads who may read what
        others = (
            self.env["ir.model.access"]
            .sudo()
            ._search(
                [
                    ("model_id.model", "=", model),
                    ("perm_read", "=", True),
                    "|",
                    ("group_id", "=", False),
                    "&",
                    ("group_id", "in", self.sudo().all_group_ids.ids),
                    ("group_id.privilege_id", "!=", ours.id),
                ],
                limit=1,
            )
        )
        return not self.env.execute_query(others.select())

    def _check_answers_for(self, company):
        """Refuse to make somebody responsible who does not work for ``company`` (where it is left empty: for none): customers
        with an access to the portal, people who have left. Odoo's own user, for whom the rules work, and nobody at all may be.
        """
        for user in self.sudo():  # whether a colleague works here is no secret
            if user.id == SUPERUSER_ID or (
                user.active and not user.share and (not company or company in user.company_ids)
            ):
                continue
            if company:
                raise ValidationError(
                    self.env._(
                        "%(user)s has no access to %(company)s. Choose a user of that company.",
                        user=user.name,
                        company=company.name,
                    )
                )
            raise ValidationError(
                self.env._("%s is not an active internal user. Choose a colleague who is.", user.name)
            )
