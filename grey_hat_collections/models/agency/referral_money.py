from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, fields, models

from ...engine.referral_sums import Booked, commission
from ..base.odd_json import as_list
from ..base.to_decimal import to_decimal
from ..ledger.account_key import account_key
from .referral_states import PARTS, WITH_AGENCY

ZERO = Decimal(0)
#: For so many days after its end the books are still asked what became of a referral.
WATCHED_DAYS = 400
#: Entries that have brought money; the others have taken something back.
MONEY = ("payment", "remittance")


@dataclass
class Entry:
    """What one entry of the books has brought for a referral; amounts in company currency, ``on_account`` not applied."""

    kind: str
    day: date | None
    applied: Decimal = ZERO
    on_account: Decimal = ZERO
    commission: Decimal = ZERO


class CollectionReferral(models.Model):
    """What the books say about a referral. They are the only truth: nobody types that an agency has recovered something."""

    _inherit = "collection.referral"

    @api.model
    def _watch_the_books(self, companies):
        """Bring the referrals of these companies into line with the books, and tell the agencies what has come in."""
        self._take_up_again(companies)
        self.search(self._domain_watched(companies))._work_on_each(
            lambda referrals: referrals._refresh_money(tell=True)
        )
        self.env["collection.case"]._follow_referrals(companies)

    @api.model
    def _domain_watched(self, companies):
        today = min((company._collection_today() for company in companies), default=fields.Date.today())
        return [
            ("company_id", "in", companies.ids),
            ("sent_at", "!=", False),
            "|",
            ("date_ended", "=", False),
            ("date_ended", ">=", fields.Date.subtract(today, days=WATCHED_DAYS)),
        ]

    def action_refresh_money(self):
        """Look into the books now."""
        self.check_access("read")
        self.sudo()._refresh_money(tell=True)  # figures are written by the rules only
        return True

    def _refresh_money(self, *, tell=False):
        """Store where the referred amounts are by the books, and move the referrals on accordingly. Needs superuser mode.

        :param tell: write notices to the agencies about what came in or was taken back since the last one
        """
        referrals = self.filtered(lambda referral: referral.sent_at and referral.line_ids)
        if not referrals:
            return
        booked, earned, entries = referrals._read_books()
        referrals.line_ids._write_sums(booked, earned)
        for referral in referrals:
            referral._write_totals(entries[referral])
            referral._write_entries(entries[referral])
            referral._move_on()
        if tell:
            referrals._tell_agencies()

    # -- Reading -------------------------------------------------------------------------------------------------

    def _read_books(self):
        """What has happened to the items of these referrals since they were handed over.

        :return: :class:`Booked` by line, the money on which commission is due by line, :class:`Entry` by referral and move
        """
        ledger = self.env["collection.ledger"]
        since = min(self.line_ids.mapped("create_date"), default=fields.Datetime.now())
        settlements = ledger._settlements(self.partner_id, self.company_id, since)
        found = [one for several in settlements.values() for one in several if one.key[0] == "applied"]
        partials = self.env["account.partial.reconcile"].browse([one.key[1] for one in found])
        partials.credit_move_id.move_id.fetch(["move_type", "name"])
        remitted = self.env["collection.remittance"].search([("move_ids", "in", partials.credit_move_id.move_id.ids)])
        remitted_moves = remitted.move_ids
        lines_of = defaultdict(lambda: self.env["collection.referral.line"])
        for line in self.line_ids:
            lines_of[line.item_id.id] |= line
        sums = {line: defaultdict(Decimal) for line in self.line_ids}
        entries = {referral: {} for referral in self}
        for one in found:
            move = self.env["account.partial.reconcile"].browse(one.key[1]).credit_move_id.move_id
            kind = _kind(one, move, move in remitted_moves)
            for item in one.items:
                for line in lines_of.get(item, ()):
                    if line._counts(one, kind):
                        line._count(one, kind, move, sums[line], entries[line.referral_id])
        booked = {
            line: Booked(
                residual=line._still_open(),
                **{name: line._rounded(sums[line][name]) for name in ("money", "credited", "written_off")},
            )
            for line in self.line_ids
        }
        for line in self.line_ids:
            line._count_withdrawn(booked[line], entries[line.referral_id])
        for key, several in settlements.items():
            self._count_on_account(key, several, booked, entries)
        return booked, {line: sums[line]["earned"] for line in self.line_ids}, entries

    def _count_on_account(self, key, settlements, booked, entries):
        """Money that is applied to nothing yet counts for what the customer still owes the agency, the oldest referral
        first.
        """
        waiting = self.filtered(lambda one: account_key(one) == key and one.state in WITH_AGENCY).sorted("sent_at")
        room = {
            referral: sum(
                to_decimal(line._in_company_currency(float(line._sums(booked[line]).open)))
                for line in referral.line_ids
            )
            for referral in waiting
        }
        for one in settlements:
            if one.key[0] != "open" or not one.money:
                continue
            move = self.env["account.move.line"].browse(one.key[1]).move_id
            for referral in waiting:
                left = to_decimal(one.amounts[referral.currency_id.id]) - sum(
                    entries[other][move].on_account for other in waiting if move in entries[other]
                )
                part = min(left, room[referral])
                if part > 0 and one.booked > referral.line_ids[:1].create_date:
                    entry = entries[referral].setdefault(move, Entry("payment", one.day))
                    entry.on_account += part
                    room[referral] -= part

    # -- Writing -------------------------------------------------------------------------------------------------

    def _write_totals(self, entries):
        """Sum up the items in company currency; the parts add up to what was referred, to the cent."""
        self.ensure_one()
        lines = self.line_ids
        values = {
            name: self.currency_id.round(sum(line._in_company_currency(line[name]) for line in lines))
            for name in ("amount_recovered", "amount_written_off", "amount_open", "commission")
        }
        values["amount_returned"] = self.currency_id.round(
            self.amount_referred - sum(values[name] for name in PARTS if name != "amount_returned")
        )
        if not any(lines.mapped("amount_returned")):  # what rounding has left belongs to the largest part
            largest = max((name for name in PARTS if name != "amount_returned"), key=values.get)
            values[largest] = self.currency_id.round(values[largest] + values["amount_returned"])
            values["amount_returned"] = 0.0
        changed = {name: value for name, value in values.items() if self.currency_id.compare_amounts(self[name], value)}
        first = min((one.day for one in entries.values() if one.kind in MONEY and one.applied), default=False)
        if self.first_money_on != first:
            changed["first_money_on"] = first
        if changed:
            self.write(changed)

    def _write_entries(self, entries):
        """Keep one record for each entry that has brought something; one that was taken back has brought nothing."""
        self.ensure_one()
        known = {payment.move_id or payment.entry: payment for payment in self.payment_ids}
        gone = [payment for key, payment in known.items() if key not in entries]
        for payment in self.env["collection.referral.payment"].concat(*gone):
            if payment.amount or payment.on_account:
                payment.write({"amount": 0, "on_account": 0, "commission": 0})
        new = []
        for key, entry in entries.items():
            payment = known.get(key)
            values = {
                "kind": entry.kind,
                "date": entry.day or (payment and payment.date) or self.company_id._collection_today(),
                "amount": self.currency_id.round(float(entry.applied)),
                "on_account": self.currency_id.round(float(entry.on_account)),
                "commission": self.currency_id.round(float(entry.commission)),
            }
            if not payment:
                move = key if isinstance(key, models.BaseModel) else None
                named = {"move_id": move and move.id, "entry": move.name if move else key}
                new.append({"referral_id": self.id, **named, **values})
            elif any(payment[name] != value for name, value in values.items()):
                payment.write(values)
        self.env["collection.referral.payment"].create(new)

    def _move_on(self):
        """The state that follows from the books."""
        self.ensure_one()
        nothing_left = self.currency_id.is_zero(self.amount_open)
        gone = not any(self.line_ids.mapped("amount_open"))
        if self._is_over():
            if self.state == "returned" and gone and self.amount_written_off and not self._open_in_books():
                self.state = "written_off"
            return
        if gone and nothing_left:
            recovered = self.amount_recovered and "recovered"
            self._end(recovered or (self.amount_written_off and "written_off") or "returned")
        elif self.amount_recovered and self.state in WITH_AGENCY:
            self.state = "partly_recovered"
        elif self.state == "partly_recovered":  # the payment was taken back
            self.state = "collecting"

    def _open_in_books(self):
        """Whether anything of the items is still open in the books."""
        return any(line._still_open() for line in self.line_ids)

    def _end(self, state):
        """The books hold nothing of it any more."""
        if self.state == state:
            return
        self.write({"state": state, "date_ended": self.company_id._collection_today()})
        if self.case_id.agency_id and not self.case_id._referrals_with_agency():
            self.case_id._come_back_from_agency(self)

    @api.model
    def _take_up_again(self, companies):
        """A payment was taken back that had ended a referral: the agency has it again. The case follows."""
        ended = self.search(
            [
                ("state", "in", ("recovered", "written_off", "returned")),
                ("given_back_at", "=", False),
                *self._domain_watched(companies),
            ]
        )
        ended._work_on_each(lambda referrals: referrals._refresh_money())
        ended._work_on_each(lambda referrals: referrals._begin_again())

    def _begin_again(self):
        """Those of these referrals of which something is open again are with their agency again."""
        for referral in self.filtered(lambda one: any(one.line_ids.mapped("amount_open"))):
            referral.write(
                {"state": "partly_recovered" if referral.amount_recovered else "collecting", "date_ended": False}
            )

    # -- Telling -------------------------------------------------------------------------------------------------

    def _tell_agencies(self):
        """Write a notice about each entry whose sum differs from what the agency was told; taken back, it is told as well."""
        told = []
        own = self._money_of_agencies()
        for payment in self.payment_ids - own:
            referral = payment.referral_id
            # its own money the agency knows; told as ours before it was named in a remittance, it is taken back
            now = 0 if payment.kind == "remittance" else payment.amount + payment.on_account
            difference = payment.currency_id.round(now - payment.amount_told)
            if not difference or referral._is_over():
                continue
            payload = {
                "referral": referral.name,
                "entry": payment.entry,
                "date": fields.Date.to_string(payment.date),
                "amount": f"{difference:.{payment.currency_id.decimal_places}f}",
                "currency": payment.currency_id.name,
                "taken_back": difference < 0,
                "on_account": f"{payment.on_account:.{payment.currency_id.decimal_places}f}",
                "commission": f"{payment.commission:.{payment.currency_id.decimal_places}f}",
                "open": referral._totals_open(),
            }
            kind = "payment" if payment.kind in MONEY else "credit"
            told.append({"referral_id": referral.id, "kind": kind, "payload": payload})
            payment.amount_told = now
        self.env["collection.agency.message"]._queue_all(told)

    def _money_of_agencies(self):
        """Money that the agency itself has paid and no remittance names yet: it is not told as paid to us."""
        unnamed = self.payment_ids.filtered(lambda one: one.kind == "payment" and one.move_id and not one.amount_told)
        own = self.env["collection.referral.payment"]
        for agency, payments in unnamed.grouped(lambda payment: payment.referral_id.agency_id).items():
            moves = agency._own_entries(payments.move_id)
            own |= payments.filtered(lambda payment, moves=moves: payment.move_id in moves)
        return own


class CollectionReferralLine(models.Model):
    """What an entry means to one item."""

    _inherit = "collection.referral.line"

    def _counts(self, settlement, kind):
        """Whether a settlement of this item belongs to this referral: it came after the packet was made, and before it was
        given back; what is written off counts even afterwards.
        """
        self.ensure_one()
        referral = self.referral_id
        if settlement.key[1] in as_list(self.settled_before):
            return False
        if referral.given_back_at and settlement.applied > referral.given_back_at:
            return kind == "written_off" and referral.state in ("returned", "written_off")
        return True

    def _count(self, settlement, kind, move, sums, entries):
        """Add a settlement of this item to its sums and to what its entry has brought."""
        self.ensure_one()
        kind_of_sum = "money" if kind == "remittance" else kind
        amount = settlement.amounts[self.currency_id.id]
        sums[kind_of_sum] += amount
        referral = self.referral_id
        if kind == "written_off":
            # beside money in the same entry it is told with that; an exchange difference has none of the item's currency
            if amount and move not in entries and not referral._is_over():
                entries[move] = Entry(kind, settlement.day)
            if move in entries and entries[move].kind == kind:
                entries[move].applied += settlement.amounts[self.company_currency_id.id]
            return
        on_direct = referral.agency_id.commission_on_direct and settlement.day >= referral.date_sent
        earns = kind == "remittance" or (kind == "money" and on_direct)
        if earns:
            sums["earned"] += amount
        entry = entries.setdefault(
            move, Entry({"money": "payment", "credited": "credit"}.get(kind, kind), settlement.day)
        )
        entry.applied += settlement.amounts[self.company_currency_id.id]
        if earns:
            entry.commission += commission(
                settlement.amounts[self.company_currency_id.id], to_decimal(self.commission_percent)
            )

    def _count_withdrawn(self, booked, entries):
        """What is gone of this item though nothing has settled it: its invoice was cancelled, deleted or lowered."""
        self.ensure_one()
        if self.referral_id._is_over():
            return
        credited = max(ZERO, booked.credited - to_decimal(self.amount_aside))
        withdrawn = self._sums(booked).returned - credited
        if withdrawn <= to_decimal(self.currency_id.rounding):  # what shares of a payment have left by rounding
            return
        entry = entries.setdefault(self.move_id or self.number, Entry("withdrawn", None))
        entry.applied += to_decimal(self._in_company_currency(float(withdrawn)))

    def _rounded(self, amount):
        """An amount in whole cents of the item's currency: a payment that was booked with a write-off is split by shares."""
        self.ensure_one()
        return to_decimal(self.currency_id.round(float(amount)))

    def _still_open(self):
        """What is open of the item in the books, in its currency; nothing of an entry that was taken back."""
        self.ensure_one()
        item = self.item_id
        if item.parent_state != "posted" or item.reconciled:
            return ZERO
        return max(ZERO, to_decimal(item.amount_residual_currency))


def _kind(settlement, move, remitted):
    """What a settlement is for a referral: a remittance of the agency, money, a credit note, or a write-off."""
    if remitted:
        return "remittance"
    if settlement.money:
        return "money"
    return "credited" if move.move_type == "out_refund" else "written_off"
