from odoo import api, models
from odoo.tools import SQL

from ...engine import promises as engine
from ..base.to_decimal import to_decimal
from ..ledger.account_key import owner_key

#: What judging writes.
JUDGED = ("state", "amount_received", "amount_lowered", "amount_outstanding", "date_received")
#: Kept, and the customer was not rewarded for it yet.
NOT_REWARDED = [("state", "=", "kept"), ("rewarded", "=", False)]
#: The date has passed, and money is missing.
UNFULFILLED = ("light", "broken")


class CollectionPromise(models.Model):
    """Judging: what became of promises, from what the ledger says, and what follows from it."""

    _inherit = "collection.promise"

    # -- Judging -------------------------------------------------------------------------------------------------

    @api.model
    def _judge(self, companies, partners=None):
        """Judge promises and spread what is outstanding over the open items. Needs superuser mode.

        The number of queries does not depend on the number of promises. Nothing is sent or asked for here.

        :param partners: the customers to look at; by default those with a promise that still runs
        """
        if partners is None:
            domain = [("company_id", "in", companies.ids), ("withdrawn_on", "=", False)]
            partners = self.search([*domain, "|", ("state", "=", "open"), ("plan_id.state", "=", "active")]).partner_id
        held = self._standing(companies, partners)._work_on_each(lambda some: some._judge_now(), by=owner_key)
        self.env["collection.refresh"]._note(map(owner_key, held))

    @api.model
    def _standing(self, companies, partners):
        """The promises of these customers that are not withdrawn. Who has become part of another customer since is judged with
        it: that is where the ledger has the items now.
        """
        # every payment asks, and most customers have promised nothing: a search would cost as much as all of the judging
        rows = self.env.execute_query(
            SQL(
                """SELECT promise.id FROM collection_promise promise
                     JOIN res_partner partner ON partner.id = promise.partner_id
                    WHERE partner.commercial_partner_id = ANY(%s)
                      AND promise.company_id = ANY(%s)
                      AND promise.withdrawn_on IS NULL
                 ORDER BY promise.id""",
                partners.commercial_partner_id.ids,
                companies.ids,
                to_flush=self._fields["withdrawn_on"],
            )
        )
        return self.browse(promise_id for (promise_id,) in rows)

    def _judge_now(self):
        """Judge these promises, all there are of their customers."""
        promises = self
        ledger = self.env["collection.ledger"]
        settlements = ledger._settlements(promises.partner_id, promises.company_id, min(promises.mapped("date_made")))
        given_for = promises._items_by_promise()
        judgements = {}
        for account, of_account in promises.grouped(owner_key).items():
            today = of_account.company_id._collection_today()
            judgements |= engine.judge(
                [promise._to_engine(given_for[promise.id]) for promise in of_account],
                settlements.get(account, ()),
                today,
            )
        for promise in promises._without_items(given_for):
            if not judgements[promise.id].received:
                judgements[promise.id] = engine.Judgement(engine.State.WITHDRAWN)
        promises._note_judgements(judgements)
        self.env["collection.plan"]._judge(promises.plan_id)
        promises._spread()

    def _without_items(self, given_for):
        """Those of these promises of which all invoices that they were given for were cancelled, or are being corrected.

        :param given_for: see :meth:`_items_by_promise`
        """
        items = self.env["account.move.line"].browse(set().union(*given_for.values()))
        posted = set(items.filtered(lambda line: line.parent_state == "posted").ids)
        lost = {chosen for chosen in set(given_for.values()) if chosen and chosen.isdisjoint(posted)}
        return self.filtered(lambda promise: given_for[promise.id] in lost)

    def _note_judgements(self, judgements):
        """Write the answers of the engine where they differ. A pause that ends leaves a day for a look.

        :param judgements: :class:`engine.promises.Judgement` by id
        """
        rows = {}
        ended = self.browse()
        for promise in self:
            judgement, currency = judgements[promise.id], promise.currency_id
            values = (
                judgement.state.value,
                *(
                    currency.round(float(amount))
                    for amount in (judgement.received, judgement.lowered, judgement.outstanding)
                ),
                judgement.received_on,
            )
            *judged, received_on = (promise[name] for name in JUDGED)
            if values == (*judged, received_on or None):
                continue
            rows[promise.id] = values
            missed = judgement.state.value in UNFULFILLED and judgement.state.value != promise.state
            # an active plan covers what was missed until its days of grace are over
            if missed and promise.pauses and promise.plan_id.state != "active":
                ended |= promise
        self._bulk_write(JUDGED, rows)
        self.browse(rows).case_id._look_again()
        ended.case_id._hold_until_reviewed()

    def _spread(self):
        """Note which open items the running promises among these cover, and how much is expected of each."""
        running = self.filtered(lambda promise: promise._runs())
        shares = running and running._shares()
        wanted = {(share.promise, share.item): float(share.amount) for share in shares}
        stored = self.env["collection.promise.share"].search_fetch([("promise_id", "in", self.ids)])
        outdated = stored.filtered(lambda share: wanted.get((share.promise_id.id, share.item_id.id)) != share.amount)
        known = {(share.promise_id.id, share.item_id.id) for share in stored - outdated}
        outdated.unlink()
        self.env["collection.promise.share"].create(
            [
                {"promise_id": promise_id, "item_id": item_id, "amount": amount}
                for (promise_id, item_id), amount in wanted.items()
                if (promise_id, item_id) not in known
            ]
        )
        self._note_expected()

    def _note_expected(self):
        """What is still expected, in company currency: of a promise in foreign currency, the parts of the items it covers."""
        self.env["collection.promise.share"].flush_model(["amount", "promise_id"])
        self.flush_recordset(["amount_outstanding", "currency_id", "state"])
        self.env.execute_query(
            SQL(
                """WITH expected AS (
                       SELECT promise.id,
                              CASE WHEN promise.state != 'open' THEN 0
                                   WHEN promise.currency_id = company.currency_id THEN promise.amount_outstanding
                                   ELSE COALESCE(SUM(share.amount), 0) END AS amount
                         FROM collection_promise promise
                         JOIN res_company company ON company.id = promise.company_id
                    LEFT JOIN collection_promise_share share ON share.promise_id = promise.id
                        WHERE promise.id = ANY(%s)
                     GROUP BY promise.id, company.currency_id)
                   UPDATE collection_promise promise
                      SET amount_expected = expected.amount
                     FROM expected
                    WHERE expected.id = promise.id AND promise.amount_expected IS DISTINCT FROM expected.amount
                RETURNING promise.id""",
                self.ids,
            )
        )
        self.invalidate_recordset(["amount_expected"])

    def _runs(self):
        """Whether what this promise covers is not asked for: it is open, or an instalment of a plan that still stands."""
        self.ensure_one()
        return bool(
            self.amount_outstanding
            and self.pauses
            and (self.state == "open" or (self.plan_id.state == "active" and self.state in UNFULFILLED))
        )

    def _shares(self):
        """The parts of open items that these promises cover.

        :rtype: list[engine.promises.Share]
        """
        items = self.env["collection.ledger"]._open_items_by_account(self.partner_id, self.company_id)
        given_for = self._items_by_promise()
        shares = []
        for account, promises in self.grouped(owner_key).items():
            currency = promises.company_currency_id
            shares += engine.cover(
                [
                    engine.Outstanding(
                        key=promise.id,
                        due=promise.date_promised,
                        amount=to_decimal(promise.amount_outstanding),
                        currency=promise.currency_id.id,
                        items=given_for[promise.id],
                    )
                    for promise in promises
                ],
                [_coverable(item) for item in items.get(account, ()) if item.residual > 0 and not item.excluded],
                currency.id,
                to_decimal(currency.rounding),
            )
        return shares

    # -- What follows --------------------------------------------------------------------------------------------

    @api.model
    def _reward_kept(self, companies):
        """Let the cases of promises that were kept take a step back, once for each promise."""
        kept = self.search([("company_id", "in", companies.ids), *NOT_REWARDED])
        by_case = kept.grouped("case_id")
        left = kept.case_id._work_on_each(lambda cases: self.concat(*(by_case[case] for case in cases))._reward())
        self.env["collection.case"]._retry_daily_run(len(left))

    def _reward(self):
        """Reward these promises that were kept."""
        self.rewarded = True
        for case, promises in self.grouped("case_id").items():
            case._take_steps_back(len(promises), self.env._("The customer has kept a promise."))


def _coverable(item):
    room = to_decimal(item.residual) - to_decimal(item.under_way) - to_decimal(item.disputed)
    ratio = room / to_decimal(item.residual)
    return engine.Coverable(
        key=item.id,
        due=item.due,
        room=room,
        currency=item.currency_id,
        room_currency=to_decimal(item.residual_currency) * ratio,
    )
