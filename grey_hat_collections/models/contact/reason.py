from odoo import fields, models


class CollectionReason(models.Model):
    """Why a customer has not paid, and what that changes: the ladder, what helps in a call, whether a plan comes first."""

    _name = "collection.reason"
    _description = "Customer's Reason for Not Paying"
    _inherit = ["collection.case.fact"]
    _facts_of_case = frozenset({"stops_contact"})
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Leave empty to share the reason among all companies.")
    kind = fields.Selection(
        [
            ("temporary", "Temporary"),
            ("long_term", "Long-term"),
            ("dispute", "Dispute"),
            ("administrative", "Administrative"),
            ("unwilling", "Unwilling"),
        ],
        required=True,
        default="temporary",
        help="Temporary and long-term difficulties need time, a dispute needs our answer, administrative ones need practical "
        "help. Counting cases by kind shows what keeps customers from paying.",
    )

    # What it changes
    policy_id = fields.Many2one(
        "collection.policy",
        check_company=True,
        ondelete="restrict",
        help="The policy proposed when the reason is set. If empty, the case keeps its own.",
    )
    plan_first = fields.Boolean(
        string="Offer a Plan First",
        help="Make a Plan becomes the first button on the case, and the call guide says so.",
    )
    stops_contact = fields.Boolean(
        string="Stop Automatic Contact",
        help="Letters and calls no longer go out automatically, such as after an insolvency: a manager is asked how to proceed.",
    )
    guide = fields.Text(
        translate=True,
        help="What helps in the conversation, in a sentence or two. It opens the call guide of the case.",
    )

    def _cases_to_look_at(self):
        return self.env["collection.case"]._holding([("reason_id", "in", self.ids)])

    def _proposed_policy(self):
        """The ladder that this reason proposes; none where it was archived."""
        return self.policy_id.filtered("active")
