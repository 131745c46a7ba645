from dataclasses import replace

from odoo import fields, models
from odoo.tools import SQL

from ...engine import ladder
from ..base.to_decimal import to_decimal
from ..ledger.account_key import account_key
from .case_silence import HEARD

#: The journal item ``item`` is one that somebody still owes.
STILL_OPEN = SQL("(item.reconciled IS NOT TRUE AND item.amount_residual > 0 AND item.parent_state = 'posted')")
#: Where an item stands that no step has named; see ``collection.mark._latest``.
UNMARKED = (None, None, 1, False)


class CollectionCase(models.Model):
    """Where each item of a case stands on the ladder: which step has named it, and when."""

    _inherit = "collection.case"

    def write(self, vals):
        """A new round begins a cycle for what is asked for."""
        result = super().write(vals)
        if "round" in vals and not self.env.context.get("collection_same_cycle"):
            self._begin_cycle(anew="step_date" in vals)
        return result

    def _ladder_items(self, asked=None, read=None):
        """Where what is asked for stands, by case id, as the engine decides by it.

        :param asked: what is asked for, as :meth:`_asked_items` says it, of those of which somebody has read it already
        :param read: the open items by account, of all others
        :rtype: dict[int, list[engine.ladder.Standing]]
        """
        items = dict(asked or {})
        items |= self.filtered(lambda case: case.id not in items)._asked_items(read)
        marks = self._marks_of(items)
        return {case.id: case._standing_at(items.get(case.id, ()), marks) for case in self}

    def _marks_of(self, items):
        """Where these items of these cases stand, as ``collection.mark._latest`` says it. Those of a case that has taken steps,
        and of which no item was ever marked, stand where the case does.

        :param items: open items by case id
        """
        marks = self.env["collection.mark"]._latest([item.id for of_case in items.values() for item in of_case])
        unknown = self.filtered(
            lambda case: case.step_id and not any(item.id in marks for item in items.get(case.id, ()))
        )
        for case in unknown - unknown._marked():
            standing = case.step_id.id, case.step_date or None, UNMARKED[2], case._is_noticed()
            marks |= {item.id: standing for item in items.get(case.id, ())}
        return marks

    def _marked(self):
        """Those of these cases of which some item has a mark."""
        if not self:
            return self
        marks = self.env["collection.mark"]._read_group([("case_id", "in", self.ids)], ["case_id"])
        return self.browse(case.id for (case,) in marks)

    def _asked_items(self, read=None):
        """What is asked for today, by case id.

        :param read: the open items by account, where somebody has read them already
        :rtype: dict[int, list[OpenItem]]
        """
        if not self:
            return {}
        read = self._open_items_read() if read is None else read
        return {case.id: [item for item in read.get(account_key(case), ()) if item.chased > 0] for case in self}

    def _open_items_read(self):
        """The open items of the customers of these cases, by (commercial partner id, company id)."""
        return self.env["collection.ledger"]._open_items_by_account(self.partner_id, self.company_id)

    def _standing_at(self, items, marks):
        """Where these open items of one case stand on its ladder, in their order.

        :param marks: see ``collection.mark._latest``
        :rtype: list[engine.ladder.Standing]
        """
        policy = self.policy_id._to_engine() if self.policy_id else ladder.Policy()
        standings = []
        for item in items:
            step_id, since, _cycle, noticed = marks.get(item.id, UNMARKED)
            step_id = step_id if step_id and policy.holds(step_id) else None
            standings.append(ladder.Standing(item.id, item.due, to_decimal(item.chased), step_id, since, noticed))
        return standings

    def _mapped(self, standings, policy):
        """Where these items would stand on the ladder of ``policy``, in a new cycle."""
        steps = self.env["collection.policy.step"]
        return tuple(
            replace(one, step=policy._place_of(steps.browse(one.step or [])).id or None, noticed=False)
            for one in standings
        )

    # -- Marking -------------------------------------------------------------------------------------------------

    def _mark_taken(self):
        """The steps under way are being taken: note it on the items that they name: what was written (:meth:`_named_in_writing`);
        a call what is due for a call, or waits for this one; other work what waits for it.
        """
        written = self._named_in_writing()
        items = self._asked_items()
        marks = self._marks_of(items)
        marks |= self.env["collection.mark"]._latest(
            [item for _more, named in written.values() for item, _step in named]
        )
        rows = []
        for case in self:
            if case.id in written:
                more, named = written[case.id]
            else:
                more, named = {}, case._named_by_work(case._standing_at(items[case.id], marks), items[case.id])
            today = case.company_id._collection_today()
            rows += [
                {
                    "item_id": item_id,
                    "case_id": case.id,
                    "step_id": step_id,
                    "cycle": marks.get(item_id, UNMARKED)[2],
                    "date": today,
                    **more,
                }
                for item_id, step_id in named
                if marks.get(item_id, (None,))[0] != step_id  # noted before the work was cut short
            ]
        self.env["collection.mark"].sudo().create(rows)  # whoever finishes the call may not write what the rules write

    def _mark_done_inside(self, done):
        """Work in the house that the ladder had asked for is done while another step is under way: it counts as its step for the
        items that wait for it.

        :param done: pairs of a case's id and a type of activities
        """
        steps = {
            case: step
            for case in self
            for step in case.policy_id.step_ids
            if step._is_inside() and (case.id, step.activity_type_id) in done
        }
        cases = self.browse([case.id for case in steps])
        items = cases._asked_items() if cases else {}
        marks = self.env["collection.mark"].sudo()  # whoever does the work may not write what the rules write
        latest = cases._marks_of(items)
        rows = []
        for case, step in steps.items():
            today = case.company_id._collection_today()
            policy = case.policy_id._to_engine()
            named = ladder.waiting_for(case._standing_at(items[case.id], latest), policy, step.id)
            rows += [{"item_id": one.item, "case_id": case.id, "step_id": step.id, "date": today} for one in named]
            if named and case._is_above(step):
                case.write({"step_id": step.id, "step_date": today})
        marks.create([{**row, "cycle": latest.get(row["item_id"], UNMARKED)[2]} for row in rows])

    def _named_by_work(self, standings, items):
        """The items that the step under way names without a letter, each with its own step: pairs of ids. A call that was about
        some invoices (context ``collection_about``) counts for these alone; any other for all that wait for it, or for another
        call that is due.

        :param items: the open items that stand there
        """
        self.ensure_one()
        policy, step = self.policy_id._to_engine(), self.pending_step_id
        is_call = not step.letter_kind and step.activity_type_id.category == "phonecall"
        about = set(self.env.context.get("collection_about", ())) if is_call else ()
        marked = {item.id for item in items if item.move_id in about}
        named = {}
        if not marked:
            named = {one.item: step.id for one in ladder.waiting_for(standings, policy, step.id)}
        if is_call:
            today = self.company_id._collection_today()
            for one in ladder.named_by_call(standings, policy, today, marked, silent=self.is_silent):
                named.setdefault(one.item, policy.following(one.step).key)
        return named.items()

    def _mark_in_place_of_paid(self, items):
        """What takes a payment back stands where the invoices stood that the payment was for: the customer was asked for them.

        :param items: open items of these cases and of others
        """
        cases = {account_key(case): case for case in self.filtered("step_id")}
        rows = []
        for item in items:
            case = cases.get((item.partner_id, item.company_id))
            if case and item.chased > 0:
                day = case.step_date or case.company_id._collection_today()
                rows.append({"item_id": item.id, "case_id": case.id, "step_id": case.step_id.id, "date": day})
        marks = self.env["collection.mark"].sudo()  # made by the rules only
        known = marks._latest([row["item_id"] for row in rows])
        marks.create([row for row in rows if row["item_id"] not in known])

    def _has_item_at(self, step):
        """Whether anything that is asked for was named by this step, and by none after it."""
        self.ensure_one()
        marks = self.env["collection.mark"]._latest([item.id for item in self._asked_items()[self.id]])
        return any(step_id == step.id for step_id, *_rest in marks.values())

    def _begin_cycle(self, *, anew):
        """These cases have gone back to where they stand now: so do the items that are asked for.

        :param anew: their next steps are counted from today on; else from where they were, as on another ladder
        """
        cases = self.filtered("policy_id")
        items = cases._asked_items()
        marks = self.env["collection.mark"].sudo()  # made by the rules only, whoever moves the card
        latest = marks._latest([item.id for of_case in items.values() for item in of_case])
        rows = []
        for case in cases:
            known = {item.id: latest[item.id] for item in items[case.id] if item.id in latest}
            day = case.company_id._collection_today() if anew else None
            rows += case._marks_below(known, case.step_id, day)
        marks.create(rows)

    def _marks_below(self, latest, highest, day=None):
        """The marks that begin a cycle for items of this case: each stands where it did, at ``highest`` at the most.

        :param latest: see ``collection.mark._latest``
        :param highest: a step of the ladder, or none: its foot
        :param day: from which on their next steps are counted; None: from where they were
        :return: values of marks
        """
        self.ensure_one()
        ids = self.policy_id.step_ids.ids
        most = self.policy_id._place(highest)
        rows = []
        for item_id, (step_id, since, cycle, _noticed) in latest.items():
            step = self.policy_id._place_of(self.env["collection.policy.step"].browse(step_id))
            place = min(most, self.policy_id._place(step))
            rows.append(
                {
                    "item_id": item_id,
                    "case_id": self.id,
                    "step_id": ids[place] if place >= 0 else False,
                    "cycle": cycle + 1,
                    "date": day or since,
                }
            )
        return rows

    # -- When what was named is paid ------------------------------------------------------------------------------

    def _stand_with_items(self):
        """What was asked for at the present step is paid or credited: the rest stands in its own place at once, and nothing goes
        out before somebody could look. That is no step back: no cycle begins. Needs superuser mode.
        """
        self.filtered("unanswered_count")._paid_what_they_were_told().write(HEARD)
        cases = self._outgrown()
        if not cases:
            return
        cases._abandon_step(self.env._("The items it was about have been paid."))
        read = cases._open_items_read()
        items = {
            case.id: [item for item in read.get(account_key(case), ()) if item.residual > 0 and not item.excluded]
            for case in cases
        }
        marks = self.env["collection.mark"]._latest([item.id for of_case in items.values() for item in of_case])
        for case in cases:
            case._stand_at(case._standing_at(items[case.id], marks))
        cases._hold_until_reviewed()

    def _paid_what_they_were_told(self):
        """Those of these cases of which all that the last letter or call has named is paid: that is an answer."""
        if not self:
            return self
        self._flush_standings()
        rows = self.env.execute_query(
            SQL(
                """
                WITH told AS (
                    SELECT DISTINCT ON (case_id) *
                      FROM collection_mark
                     WHERE case_id = ANY(%s)
                  ORDER BY case_id, id DESC
                )
                SELECT told.case_id
                  FROM told
                  JOIN collection_mark mark ON mark.case_id = told.case_id AND %s
                  JOIN account_move_line item ON item.id = mark.item_id
              GROUP BY told.case_id
                HAVING NOT BOOL_OR(%s)""",
                self.ids,
                self._told_together(),
                STILL_OPEN,
            )
        )
        return self.browse(case_id for (case_id,) in rows)

    def _flush_standings(self):
        """Write what is still in memory of where items stand and whether they are open."""
        self.env["account.move.line"].flush_model(["amount_residual", "parent_state", "reconciled"])
        self.flush_recordset(["amount_chased", "state", "step_id"])
        self.env["collection.mark"].flush_model()

    def _outgrown(self):
        """Those of these cases whose step has named items, of which none is open any more. While nothing is asked for, a case
        stays where it is.
        """
        if not self:
            return self
        self._flush_standings()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT kase.id
                  FROM collection_case kase
                  JOIN collection_mark mark ON mark.case_id = kase.id AND mark.step_id = kase.step_id
                  JOIN account_move_line item ON item.id = mark.item_id
                 WHERE kase.id = ANY(%s) AND kase.state IN ('open', 'hold') AND kase.amount_chased > 0
              GROUP BY kase.id
                HAVING NOT BOOL_OR(%s)""",
                self.ids,
                STILL_OPEN,
            )
        )
        return self.browse(case_id for (case_id,) in rows)

    def _stand_at(self, standings):
        """Stand where the highest of these items does. Who has paid what was asked for is not silent, and is not rewarded for
        the same money once more.
        """
        self.ensure_one()
        policy = self.policy_id._to_engine()
        leading = max(standings, key=lambda one: policy.place(one.step), default=None)
        step = self.policy_id.step_ids.browse((leading and leading.step) or [])
        values = {
            "step_id": step.id,
            "step_date": (leading and leading.since) or False,
            "reward_from": fields.Datetime.now(),
            **HEARD,
        }
        stage = step.stage_id or self._stage_of_kind("normal")
        if stage != self.stage_id:
            values |= {"stage_id": stage.id, "date_last_stage_update": fields.Datetime.now()}
        if not (leading and leading.noticed):
            # the final notice of this round was not about what is left
            values |= self._values_of_new_round()
        self.with_context(collection_same_cycle=True).write(values)
