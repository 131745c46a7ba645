import logging
import time
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

#: How many accounts are worked off in one transaction.
TOGETHER = 100
#: Seconds for which one turn of the scheduled action waits for what somebody else holds.
TURN_SECONDS = 10
#: After so many attempts (a minute) an account that is still held is looked at once a minute.
QUICK_ATTEMPTS, QUICK_PAUSE, PAUSE = 30, timedelta(seconds=2), timedelta(minutes=1)
#: An account that fails, for whatever reason, is tried again so often, after so long; then it waits for the daily run.
FAILING_ATTEMPTS, FAILING_PAUSE = 4, timedelta(minutes=15)


class CollectionRefresh(models.Model):
    """Accounts whose figures somebody has to bring into line again: when something was booked, their case was in use, or two
    booked for them at once and neither saw the other.

    Noted in the transaction that found it so, and worked off by a scheduled action that is called at once. There is no key
    from here to customers and companies, and no account is noted only once: whoever notes one must wait for nobody.
    """

    _name = "collection.refresh"
    _description = "Account Waiting for a Refresh"
    _inherit = ["collection.door", "collection.batch"]
    _order = "next_at, id"
    _log_access = False

    partner_key = fields.Integer(required=True, help="Id of the commercial partner.")
    company_key = fields.Integer(required=True, help="Id of the company.")
    next_at = fields.Datetime(required=True, index=True, help="Not checked before this moment.")
    attempts = fields.Integer(help="Number of attempts that failed because the case was locked.")
    failures = fields.Integer(help="How often it failed.")

    @api.model
    def _note(self, accounts):
        """Have these accounts refreshed and decided on as soon as this transaction is committed. Needs superuser mode.

        :param accounts: pairs of a commercial partner's id and a company's
        """
        accounts = sorted(set(accounts))
        if not accounts:
            return
        again = self.env.context.get("collection_refresh_attempts")
        now = fields.Datetime.now()
        self.create(
            [
                {
                    "partner_key": partner_id,
                    "company_key": company_id,
                    "attempts": again or 0,
                    "next_at": now + _pause(again) if again else now,
                }
                for partner_id, company_id in accounts
            ]
        )
        _logger.info("Noted to be refreshed again: %s", accounts)
        if not again:  # the scheduled action at work calls itself
            self._call()

    @api.model
    def _call(self, at=None):
        """Call the scheduled action, by default at once."""
        cron = self.env.ref("grey_hat_collections.ir_cron_refresh_again", raise_if_not_found=False)
        if cron:
            cron._trigger(at)

    @api.model
    def _cron_refresh_again(self):
        """Scheduled action: work off the accounts that were noted, each time in transactions of their own. What somebody
        holds is tried again every other second; this turn ends after a while, and calls the next.
        """
        ends = time.monotonic() + TURN_SECONDS
        while True:
            while self._do_part(self._work_off):
                if not self._due(limit=1):
                    break
            next_at = self.search([], limit=1).next_at
            if not next_at:
                return
            seconds = (next_at - fields.Datetime.now()).total_seconds()
            if time.monotonic() + seconds > ends:
                # a call for a moment to come would be noticed only when a worker looks by itself
                self._call(next_at if seconds > PAUSE.total_seconds() / 2 else None)
                return
            self.env["ir.cron"]._commit_progress()  # nothing is held while waiting
            time.sleep(max(1, seconds))

    @api.model
    def _due(self, limit):
        return self.search([("next_at", "<=", fields.Datetime.now())], limit=limit)

    @api.model
    def _work_off(self):
        """Refresh and decide on the accounts that are due, one by one where one of them fails or is held."""
        due = self._due(TOGETHER)
        held = due._work_on_each(
            lambda notes: notes._refresh_accounts(), lambda notes, error: notes._note_failure(error), by=_account
        )
        for notes in held.grouped("attempts").values():
            attempts = notes[0].attempts + 1
            notes.write({"attempts": attempts, "next_at": fields.Datetime.now() + _pause(attempts)})

    def _refresh_accounts(self):
        """Bring these accounts into line with the ledger and decide on them, whatever the daily run has done with them today.
        Those that are still held are noted anew.
        """
        attempts = max(self.mapped("attempts")) + 1
        accounts = {_account(note) for note in self}
        self.unlink()
        cases = self.env["collection.case"].with_context(collection_refresh_attempts=attempts)
        partners = self.env["res.partner"].browse({partner_id for partner_id, _company_id in accounts}).exists()
        for company in self.env["res.company"].browse({company_id for _partner_id, company_id in accounts}).exists():
            of_company = partners.filtered(lambda partner, company=company: (partner.id, company.id) in accounts)
            cases._refresh_and_decide(company, of_company, all_cases=True)

    def _note_failure(self, error):
        """One account failed: it is tried again some times, then its collector is told, and the daily run goes on."""
        failures = self[0].failures + 1
        if failures < FAILING_ATTEMPTS:
            self.write({"failures": failures, "next_at": fields.Datetime.now() + FAILING_PAUSE})
            return
        partner, company = self.env["res.partner"].browse(self[0].partner_key), self.env["res.company"]
        company = company.browse(self[0].company_key)
        case = self.env["collection.case"]._open_cases_of(partner.exists(), company.exists()).get(_account(self[0]))
        self.unlink()
        if case:
            case._report_failure(error)


def _account(note):
    return note.partner_key, note.company_key


def _pause(attempts):
    """How long an account rests that was held ``attempts`` times."""
    return QUICK_PAUSE if attempts <= QUICK_ATTEMPTS else PAUSE
