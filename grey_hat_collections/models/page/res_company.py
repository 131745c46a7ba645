from odoo import fields, models

from ..base.internal import INTERNAL


class ResCompany(models.Model):
    """What a house shows to its customers on their page, and what it lets them do there."""

    _inherit = "res.company"

    collection_page = fields.Boolean(
        string="Customer's Page",
        default=True,
        **INTERNAL,
        help="Letters and e-mails carry a personal link to a page with the customer's account. Switched off, no link works.",
    )
    collection_page_days = fields.Integer(
        string="Links Valid For", default=90, **INTERNAL, help="Days after which a personal link stops working."
    )

    # What customers may do there
    collection_page_promise = fields.Boolean(
        string="Promise a Payment",
        default=True,
        **INTERNAL,
        help="A promise within the limits pauses reminders at once.",
    )
    collection_page_promise_days = fields.Integer(
        string="Latest Day of a Promise",
        default=14,
        **INTERNAL,
        help="How many days ahead a customer may promise alone.",
    )
    collection_page_promise_times = fields.Integer(
        string="Promises Without a Manager",
        default=3,
        **INTERNAL,
        help="After so many promises on the page within one case, another one pauses nothing before a manager agrees.",
    )
    collection_page_plan = fields.Boolean(
        string="Ask for a Payment Plan",
        default=True,
        **INTERNAL,
        help="Customers choose among proposals, or ask for other terms.",
    )
    collection_page_plan_at_once = fields.Boolean(
        string="Agree at Once",
        default=True,
        **INTERNAL,
        help="A plan within the limits begins at once. Otherwise, and beyond the limits, a manager is asked.",
    )
    collection_page_dispute = fields.Boolean(
        string="Say That Something Is Wrong",
        default=True,
        **INTERNAL,
        help="What is disputed is not chased until we answer.",
    )
    collection_page_paid = fields.Boolean(
        string="Say “I Have Paid”",
        default=True,
        **INTERNAL,
        help="Reminders pause while somebody looks for the payment.",
    )
    collection_page_paid_days = fields.Integer(
        string="Pause After “I Have Paid”", default=5, **INTERNAL, help="For so many days reminders pause, once."
    )
    collection_page_copies = fields.Boolean(
        string="Ask for Copies", default=True, **INTERNAL, help="Copies of invoices go to the e-mail address on file."
    )
    collection_page_details = fields.Boolean(
        string="Change Contact and Wishes",
        default=True,
        **INTERNAL,
        help="A new contact is proposed to the collector; language and e-mail or paper change at once.",
    )
    collection_page_ask = fields.Boolean(
        string="Ask a Question", default=True, **INTERNAL, help="Questions arrive on the case like a reply by e-mail."
    )
    collection_page_callback = fields.Boolean(
        string="Ask for a Call", default=True, **INTERNAL, help="Within contact hours: it becomes an agreed callback."
    )

    _check_collection_page_days = models.Constraint(
        "CHECK(collection_page_days BETWEEN 1 AND 730)",
        "Personal links are valid for 1 to 730 days. Choose a number of these.",
    )
    _check_collection_page_promise_days = models.Constraint(
        "CHECK(collection_page_promise_days BETWEEN 1 AND 365)",
        "Customers promise for 1 to 365 days ahead. Choose a number of these.",
    )
    _check_collection_page_promise_times = models.Constraint(
        "CHECK(collection_page_promise_times BETWEEN 0 AND 100)",
        "Between 0 and 100 promises need no manager. Choose a number of these.",
    )
    _check_collection_page_paid_days = models.Constraint(
        "CHECK(collection_page_paid_days BETWEEN 1 AND 30)",
        "After “I have paid”, reminders pause for 1 to 30 days. Choose a number of these.",
    )
