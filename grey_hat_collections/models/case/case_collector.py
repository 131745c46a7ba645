from odoo import api, models


class CollectionCase(models.Model):
    """Whose case it is when its collector has left."""

    _inherit = "collection.case"

    @api.constrains("user_id")
    def _check_user(self):
        for case in self:
            case.user_id._check_answers_for(case.company_id)

    @api.model
    def _leave_no_case_behind(self, companies):
        """Hand the open cases of people who have left to others, with what they were asked to do: else nobody would look."""
        gone = self.env["res.users"].with_context(active_test=False)._search([("active", "=", False)])
        left = self.search([("company_id", "in", companies.ids), ("state", "!=", "closed"), ("user_id", "in", gone)])
        for company, cases in left.grouped("company_id").items():
            cases._work_on_each(lambda some, company=company: some._hand_over(company))

    def _hand_over(self, company):
        """Find another collector for each of these cases of ``company``, with what the former one was asked to do."""
        found = self._assign_collectors(company, self.partner_id.with_company(company))
        for case in self:
            user = found[case.partner_id.id]
            case.activity_ids.filtered(lambda one, former=case.user_id: one.user_id == former).user_id = user
            case.user_id = user

    def _may_be_read_by(self, user):
        """Whether ``user``, possibly none, works in the company of this case and may read it."""
        self.ensure_one()
        company = self.company_id
        if not user or not user.active or company not in user.company_ids:
            return False
        return self.with_user(user).with_context(allowed_company_ids=company.ids).has_access("read")
