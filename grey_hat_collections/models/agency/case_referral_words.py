from odoo import api, models


class CollectionCase(models.Model):
    """The checklist of a referral in words: what is missing, and what to do about it."""

    _inherit = "collection.case"

    @api.model
    def _point_labels(self):
        """What each point of the checklist is called."""
        _ = self.env._
        return {
            "final_notice": _("Final notice"),
            "last_call": _("Last call"),
            "dispute": _("Disputes"),
            "promise": _("Promises"),
            "hold": _("Hold"),
            "commitment": _("Our word"),
            "gate": _("Is it us?"),
            "people": _("Reason"),
            "amount": _("Amount"),
            "age": _("Age"),
            "agency": _("Agency"),
        }

    @api.model
    def _point_sentences(self):
        """One sentence for each answer of a point; ``…_many`` where there are several of what it names."""
        return self._sentences_of_warning() | self._sentences_of_pauses() | self._sentences_of_terms()

    @api.model
    def _sentences_of_warning(self):
        _ = self.env._
        return {
            ("final_notice", "met"): _("Posted on %(since)s; the customer had until %(until)s."),
            ("final_notice", "missing"): _(
                "The final notice has not gone out. Let the ladder reach it, or move the card forward step by step."
            ),
            ("final_notice", "unnamed"): _(
                "No final notice has named what is asked for today. Let the ladder reach it, or move the card forward step by "
                "step."
            ),
            ("final_notice", "not_posted"): _(
                "The final notice went out on %(since)s, but not by post. Print it from “To Post” and mark it as posted."
            ),
            ("final_notice", "returned"): _(
                "The final notice came back on %(since)s. Correct the address and post it again."
            ),
            ("final_notice", "curing"): _(
                "The customer has until %(until)s: the final notice was posted on %(since)s. Wait for that day to pass."
            ),
            ("last_call", "met"): _("Made on %(since)s."),
            ("last_call", "not_needed"): _("The policy needs none."),
            ("last_call", "missing"): _(
                "Nobody has talked to the customer since the final notice. Call once more and choose “Log Contact”."
            ),
            ("last_call", "too_early"): _(
                "The last call comes after the final notice. Send that first, then call and choose “Log Contact”."
            ),
        }

    @api.model
    def _sentences_of_pauses(self):
        _ = self.env._
        return {
            ("dispute", "met"): _("None waits for our answer."),
            ("dispute", "open"): _("A dispute about %(amount_disputed)s waits for our answer. Answer it first."),
            ("dispute", "open_many"): _(
                "%(count)s disputes about %(amount_disputed)s wait for our answer. Answer them first."
            ),
            ("promise", "met"): _("No promise and no plan is open."),
            ("promise", "open"): _(
                "%(amount_promised)s is promised for %(until)s. Wait for that day, or withdraw the promise."
            ),
            ("promise", "open_many"): _(
                "%(amount_promised)s is promised, the first of it for %(until)s. Wait for these days, or withdraw the "
                "promises."
            ),
            ("promise", "plan"): _("A payment plan runs. Leave it time, or cancel it if it will not be kept."),
            ("promise", "plan_draft"): _("A payment plan waits for a manager. Agree to it, or cancel it."),
            ("hold", "met"): _("The case is not on hold."),
            ("hold", "until"): _("On hold until %(until)s. Wait for that day, or release the hold."),
            ("commitment", "met"): _("Nothing that we promised the customer is overdue."),
            ("commitment", "open"): _(
                "We have not done what we promised: %(subject)s. Do it, and mark it as kept in the dispute."
            ),
            ("commitment", "open_many"): _(
                "We have not done what we promised: %(subject)s, and %(more)s more. Do it, and mark it as kept in the "
                "disputes."
            ),
            ("gate", "met"): _("Nothing on our side stands in the way."),
            ("gate", "stopped"): _("%(finding)s Put it right: the page “Is It Us?” of the case says how."),
            ("people", "met"): _("No reason of the customer's stands in the way."),
            ("people", "stopped"): _(
                "“%(reason)s” leaves the customer to people since %(since)s. Talk to them, or set another reason once that is "
                "over."
            ),
        }

    @api.model
    def _sentences_of_terms(self):
        _ = self.env._
        return {
            ("amount", "met"): _("%(amount_chased)s is asked for."),
            ("amount", "met_of_named"): _(
                "%(amount_chased)s is asked for that a final notice has named; it has not named another %(amount_unnamed)s."
            ),
            ("amount", "small"): _(
                "%(amount_chased)s is asked for, and the policy refers from %(amount_minimum)s on. Go on asking ourselves, or "
                "change the policy."
            ),
            ("amount", "small_of_named"): _(
                "A final notice has named %(amount_chased)s, and the policy refers from %(amount_minimum)s on. Another "
                "%(amount_unnamed)s is asked for: let the ladder reach its final notice."
            ),
            ("amount", "unnamed"): _(
                "%(amount_unnamed)s is asked for, and no final notice has named any of it. Let the ladder reach it first."
            ),
            ("amount", "nothing"): _("Nothing is asked for today. See first what becomes of what covers it."),
            ("age", "met"): _("%(days)s days past due; the window is open until %(until)s."),
            ("age", "early"): _("%(days)s days past due. The window opens on %(opens)s: go on asking until then."),
            ("age", "late"): _(
                "%(days)s days past due: the window closed on %(until)s. Decide now what becomes of it; waiting makes it "
                "worth less."
            ),
            ("age", "unnamed"): _(
                "No final notice has named what is overdue, and the window counts the days of what it names. Let the ladder "
                "reach it first."
            ),
            ("age", "nothing"): _("Nothing that is asked for is overdue. See first what becomes of what covers it."),
            ("agency", "met"): _("%(agency)s takes this account."),
            ("agency", "met_many"): _("%(agency)s takes this account, and so do %(more)s more."),
            ("agency", "none"): _("No agency is on file. Enter an accredited one under “Agencies”."),
            ("agency", "unfit"): _(
                "No agency takes this account. %(agency)s: %(why)s Enter another under “Agencies”, or see to its terms."
            ),
        }
