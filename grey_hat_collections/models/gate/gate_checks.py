from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_amount

from ...engine import gate
from ..base.to_decimal import to_decimal
from ..dispute.dispute_states import OPEN
from ..ledger.account_key import account_key
from .gate import Check, Found

#: Documents that a customer must have got before being asked for their money.
SENT_TYPES = ("out_invoice", "out_receipt")
#: The check that a letter can say where to pay.
NO_BANK = "no_bank"


class CollectionGate(models.AbstractModel):
    """What is looked at on our own side: invoices, disputes, credits, the bank, our word.

    Each ``_find_*`` is asked about many accounts at once, in superuser mode, and takes a fixed number of queries.
    """

    _inherit = "collection.gate"

    @api.model
    def _checks(self):
        _ = self.env._
        return super()._checks() | {
            "not_sent": Check(
                _("Invoices"),
                self._find_not_sent,
                one=_("%(subject)s never reached the customer."),
                many=_("%(subject)s and %(more)s more never reached the customer."),
                fine=_("Every chased invoice was sent."),
                asks="salesperson",
            ),
            "dispute_open": Check(
                _("Disputes"),
                self._find_dispute_open,
                one=_("%(subject)s waits for our answer."),
                many=_("%(subject)s and %(more)s more wait for our answer."),
                fine=_("No dispute waits for our answer."),
                asks="owner",
            ),
            "credit_draft": Check(
                _("Credit notes"),
                self._find_credit_draft,
                one=_("A credit note is still a draft: %(subject)s."),
                many=_("%(count)s credit notes are still drafts: %(subject)s and %(more)s more."),
                fine=_("No credit note is waiting in draft."),
                asks="accounting",
            ),
            "unapplied_payment": Check(
                _("Payments"),
                self._find_unapplied_payment,
                one=_("%(subject)s is unmatched and would cover a chased invoice."),
                many=_("%(subject)s and %(more)s more are unmatched and would cover chased invoices."),
                fine=_("No unmatched payment covers a chased invoice in full."),
                asks="accounting",
            ),
            "bank_stale": Check(
                _("Bank"),
                self._find_bank_stale,
                one=_("Bank statements were last updated on %(subject)s: the payment may already be there."),
                fine=_("Bank data is up to date, or not kept here."),
                asks="accounting",
            ),
            NO_BANK: Check(
                _("Bank account"),
                self._find_no_bank,
                one=_(
                    "%(subject)s has no bank account on file, so the letter could not say where to pay. A manager adds it under "
                    "Configuration, Bank Accounts."
                ),
                fine=_("The letter says where to pay."),
                asks="manager",
                of_house=True,
            ),
            "commitment_overdue": Check(
                _("Our commitments"),
                self._find_commitment_overdue,
                one=_("We have not yet kept our commitment to the customer: %(subject)s."),
                many=_("We have not yet kept our commitments to the customer: %(subject)s, and %(more)s more."),
                fine=_("No commitment of ours is overdue."),
                asks="owner",
            ),
        }

    @api.model
    def _find_not_sent(self, accounts):
        """Invoices that are asked for and never reached the customer: not sent, or the last e-mail came back."""
        moves = self._moves_of(item for account in accounts for item in account.asked)
        undelivered = self._undelivered(moves)
        companies = self.env["res.company"].browse({account.company_id for account in accounts})
        since = {company.id: company.collection_sent_since or None for company in companies}
        suspects = self._not_plainly_sent(moves, undelivered, since)
        lost = {}
        for account in accounts:
            found = [suspects[item.move_id] for item in account.asked if item.move_id in suspects]
            sendings = [
                gate.Sending(move.name, move.invoice_date or None, move.is_move_sent, move.id in undelivered)
                for move in found
            ]
            by_name = {move.name: move for move in found}
            names = gate.never_arrived(sendings, since[account.company_id])
            lost[account.key] = tuple(Found(name, by_name[name]) for name in names)
        return lost

    @api.model
    def _not_plainly_sent(self, moves, undelivered, since):
        """The invoices among these that may not have arrived, by id: in most houses hardly any has to be read.

        :param since: the day from which sendings are on record, by company id
        """
        on_record = Domain.OR(
            Domain("company_id", "=", company_id)
            & (Domain("invoice_date", "=", False) | Domain("invoice_date", ">=", day) if day else Domain.TRUE)
            for company_id, day in since.items()
        )
        domain = (
            Domain("id", "in", moves.ids)
            & Domain("move_type", "in", SENT_TYPES)
            & (Domain("is_move_sent", "=", False) | Domain("id", "in", undelivered))
            & on_record
        )
        names = ["name", "invoice_date", "invoice_user_id", "is_move_sent"]
        return {move.id: move for move in moves.search_fetch(domain, names, order="id")}

    @api.model
    def _moves_of(self, items):
        """The entries of these open items."""
        return self.env["account.move"].browse(dict.fromkeys(item.move_id for item in items))

    @api.model
    def _undelivered(self, moves):
        """Ids of the entries whose last e-mail to the customer bounced or failed; one that arrived since makes it good."""
        if not moves:
            return set()
        self.env["mail.notification"].flush_model(["mail_message_id", "notification_status", "res_partner_id"])
        self.env["mail.message"].flush_model(["model", "res_id"])
        moves.flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.id
                  FROM account_move move
                  JOIN mail_message message ON message.model = 'account.move' AND message.res_id = move.id
                  JOIN mail_notification notification ON notification.mail_message_id = message.id
             LEFT JOIN res_partner reader ON reader.id = notification.res_partner_id
                 WHERE move.id = ANY(%s)
                   AND notification.notification_type = 'email'
                   AND (reader.id IS NULL OR reader.commercial_partner_id = move.commercial_partner_id)
              GROUP BY move.id
                HAVING MAX(message.id) FILTER (WHERE notification_status IN ('bounce', 'exception'))
                       > COALESCE(MAX(message.id) FILTER (WHERE notification_status IN ('sent', 'pending')), 0)
                """,
                moves.ids,
            )
        )
        return {move_id for (move_id,) in rows}

    @api.model
    def _find_dispute_open(self, accounts):
        """Disputes that wait for our answer."""
        disputes = self._disputes_of(accounts, [("state", "in", OPEN)])
        return {key: tuple(Found(one.name, one) for one in of_account) for key, of_account in disputes.items()}

    @api.model
    def _find_commitment_overdue(self, accounts):
        """What we promised the customer in a dispute, for a day that is over, and have not done."""
        promised = self._disputes_of(accounts, [("commitment_state", "=", "open"), ("state", "!=", "withdrawn")])
        found = {}
        for account in accounts:
            late = promised.get(account.key, self.env["collection.dispute"])
            late = late.filtered(lambda dispute, day=account.today: dispute.commitment_date < day)
            found[account.key] = tuple(Found(f"{one.commitment} ({one.name})", one) for one in late)
        return found

    @api.model
    def _disputes_of(self, accounts, domain):
        """The disputes of these accounts that fit ``domain``, the oldest first, by key."""
        disputes = self.env["collection.dispute"].search(
            [
                ("partner_id", "in", [account.partner_id for account in accounts]),
                ("company_id", "in", list({account.company_id for account in accounts})),
                *domain,
            ],
            order="date_raised, id",
        )
        return disputes.grouped(account_key)

    @api.model
    def _find_credit_draft(self, accounts):
        """Credit notes that somebody has begun and not posted, in whichever branch: what is asked for is about to become less.

        Those for what a dispute takes out of what is asked for are left out.
        """
        companies = self.env["res.company"].browse({account.company_id for account in accounts})
        house_of = companies._collection_branches()._collection_house_ids()
        domain = [
            ("move_type", "=", "out_refund"),
            ("state", "=", "draft"),
            ("commercial_partner_id", "in", [account.partner_id for account in accounts]),
            ("company_id", "in", list(house_of)),
        ]
        drafts = (
            self.env["account.move"]
            .search(domain, order="id")
            .filtered(lambda move: not any(move.collection_dispute_id.line_ids.mapped("amount_waiting")))
            .grouped(lambda move: (move.commercial_partner_id.id, house_of[move.company_id.id]))
        )
        found = {}
        for account in accounts:
            of_house = drafts.get((account.partner_id, house_of[account.company_id]), ())
            found[account.key] = tuple(Found(self._name_of_draft(move), move) for move in of_house)
        return found

    @api.model
    def _name_of_draft(self, move):
        """What to call a credit note that may have no number yet: what it is about, else how much it is."""
        about = move.reversed_entry_id.name or move.ref or (move.name if move.name != "/" else "")
        return about or format_amount(self.env, move.amount_total, move.currency_id)

    @api.model
    def _find_unapplied_payment(self, accounts):
        """Payments and other credits that would pay an item that is asked for, if somebody applied them."""
        moves = self._moves_of(item for account in accounts for item in account.credits if account.asked)
        moves.fetch(["name"])
        names = {move.id: move.name for move in moves}
        found = {}
        for account in accounts:
            if not account.credits or not account.asked:
                continue
            by_name = {names[item.move_id]: moves.browse(item.move_id) for item in account.credits}
            large = gate.unapplied(
                [_amount(item, names[item.move_id]) for item in account.credits],
                [_amount(item) for item in account.asked],
            )
            found[account.key] = tuple(Found(name, by_name[name]) for name in large)
        return found

    @api.model
    def _find_bank_stale(self, accounts):
        """The bank into which the customer pays was last read too long ago; the day of its last news is the subject."""
        companies = self.env["res.company"].browse({account.company_id for account in accounts})
        above = {company.id: company.parent_ids.ids for company in companies}
        any_bank, of_account = self._bank_news(companies.parent_ids)
        moves = self._moves_of(item for account in accounts for item in account.asked if of_account)
        moves.fetch(["partner_bank_id"])
        bank_of = {move.id: move.partner_bank_id.id for move in moves}
        days = {company.id: company.collection_bank_days for company in companies}
        found = {}
        for account in accounts:
            named = {bank_of.get(item.move_id) for item in account.asked} & set(of_account)
            # a branch may be paid through the banks of the companies above it
            own = [any_bank[company_id] for company_id in above[account.company_id] if company_id in any_bank]
            last = max((of_account[bank] for bank in named), default=max(own, default=None))
            if gate.is_stale(last, account.today, days[account.company_id]):
                found[account.key] = (Found(last.isoformat()),)
        return found

    @api.model
    def _find_no_bank(self, accounts):
        """Money is asked for, and there is no bank account that a letter could name; the company is the subject."""
        companies = self.env["res.company"].browse({account.company_id for account in accounts if account.asked})
        without = {company.id: company for company in companies if not company._collection_bank_accounts()}
        return {
            account.key: (Found(without[account.company_id].name),)
            for account in accounts
            if account.asked and account.company_id in without
        }

    @api.model
    def _bank_news(self, companies):
        """The day of the last line of a bank statement or payment received: for each company (by id) of any of its bank
        journals, and for each bank account (by id) of the journal that it belongs to.
        """
        self.env["account.journal"].flush_model(["bank_account_id", "company_id", "type"])
        self.env["account.bank.statement.line"].flush_model(["journal_id", "move_id"])
        self.env["account.move"].flush_model(["date"])
        self.env["account.payment"].flush_model(["date", "journal_id", "payment_type", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT journal.company_id, journal.bank_account_id,
                       GREATEST(
                           (SELECT MAX(move.date)
                              FROM account_bank_statement_line line
                              JOIN account_move move ON move.id = line.move_id
                             WHERE line.journal_id = journal.id),
                           (SELECT MAX(payment.date)
                              FROM account_payment payment
                             WHERE payment.journal_id = journal.id
                               AND payment.payment_type = 'inbound'
                               AND payment.state IN ('in_process', 'paid'))
                       )
                  FROM account_journal journal
                 WHERE journal.type = 'bank' AND journal.company_id = ANY(%s)
                """,
                companies.ids,
            )
        )
        news = [row for row in rows if row[2]]
        any_bank, of_account = {}, {}
        for company_id, bank_id, day in news:
            any_bank[company_id] = max(day, any_bank.get(company_id, day))
            if bank_id:
                of_account[bank_id] = max(day, of_account.get(bank_id, day))
        return any_bank, of_account


def _amount(item, name=""):
    residual, own = abs(to_decimal(item.residual)), abs(to_decimal(item.residual_currency))
    left = residual - to_decimal(item.spent)
    return gate.Amount(name, left, item.currency_id, own * left / residual)
