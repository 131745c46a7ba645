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
            "commitment": _("Our commitments"),
            "gate": _("Our side"),
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
            ("final_notice", "met"): _("Mailed on %(since)s; the customer had until %(until)s."),
            ("final_notice", "missing"): _(
                "The final notice has not been sent. Let the policy reach it, or move the card forward step by step."
            ),
            ("final_notice", "unnamed"): _(
                "No final notice includes what is chased today. Let the policy reach it, or move the card forward step by step."
            ),
            ("final_notice", "not_posted"): _(
                "The final notice was sent on %(since)s, but not by postal mail. Print it from “To Mail” and mark it as mailed."
            ),
            ("final_notice", "returned"): _(
                "The final notice was returned on %(since)s. Correct the address and mail it again."
            ),
            ("final_notice", "curing"): _(
                "The customer has until %(until)s: the final notice was mailed on %(since)s. Wait for that day to pass."
            ),
            ("last_call", "met"): _("Made on %(since)s."),
            ("last_call", "not_needed"): _("The policy does not require one."),
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
                "%(amount_promised)s is promised, starting on %(until)s. Wait for these dates, or withdraw the promises."
            ),
            ("promise", "plan"): _("A payment plan is active. Give it time, or cancel it if it will not be kept."),
            ("promise", "plan_draft"): _("A payment plan is waiting for a manager. Approve it, or cancel it."),
            ("hold", "met"): _("The case is not on hold."),
            ("hold", "until"): _("On hold until %(until)s. Wait for that day, or release the hold."),
            ("commitment", "met"): _("No commitment to the customer is overdue."),
            ("commitment", "open"): _(
                "We have not kept our commitment: %(subject)s. Do it, and mark it as kept in the dispute."
            ),
            ("commitment", "open_many"): _(
                "We have not kept our commitments: %(subject)s, and %(more)s more. Do it, and mark them as kept in the disputes."
            ),
            ("gate", "met"): _("Nothing on our side stands in the way."),
            ("gate", "stopped"): _("%(finding)s Resolve it: the “Our Side” tab of the case says how."),
            ("people", "met"): _("No reason of the customer's stands in the way."),
            ("people", "stopped"): _(
                "“%(reason)s” has stopped automatic contact since %(since)s. Talk to the customer, or set another reason once "
                "that is over."
            ),
        }

    @api.model
    def _sentences_of_terms(self):
        _ = self.env._
        return {
            ("amount", "met"): _("%(amount_chased)s is being chased."),
            ("amount", "met_of_named"): _(
                "%(amount_chased)s is chased and included in a final notice; another %(amount_unnamed)s is not."
            ),
            ("amount", "small"): _(
                "%(amount_chased)s is chased, but the policy refers accounts from %(amount_minimum)s. Keep chasing in-house, or "
                "change the policy."
            ),
            ("amount", "small_of_named"): _(
                "A final notice covers %(amount_chased)s, but the policy refers accounts from %(amount_minimum)s. Another "
                "%(amount_unnamed)s is chased: let it reach its final notice first."
            ),
            ("amount", "unnamed"): _(
                "%(amount_unnamed)s is chased but not included in a final notice yet. Let it reach its final notice first."
            ),
            ("amount", "nothing"): _("Nothing is chased today. First see what happens with what covers it."),
            ("age", "met"): _("%(days)s days past due; the window is open until %(until)s."),
            ("age", "early"): _("%(days)s days past due. The window opens on %(opens)s: keep chasing until then."),
            ("age", "late"): _(
                "%(days)s days past due: the window closed on %(until)s. Decide now; the longer you wait, the less it is worth."
            ),
            ("age", "unnamed"): _(
                "No final notice includes what is overdue, and the window counts the days of what it includes. Let the policy "
                "reach it first."
            ),
            ("age", "nothing"): _("Nothing chased is overdue. First see what happens with what covers it."),
            ("agency", "met"): _("%(agency)s accepts this account."),
            ("agency", "met_many"): _("%(agency)s and %(more)s more accept this account."),
            ("agency", "none"): _("No agency is on file. Enter an accredited one under “Agencies”."),
            ("agency", "unfit"): _(
                "No agency accepts this account. %(agency)s: %(why)s Enter another under “Agencies”, or adjust its terms."
            ),
        }
