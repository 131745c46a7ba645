from odoo import models

from .undo import ANSWER, _plain

#: What of a case one click may change.
KEPT = (
    *ANSWER,
    "date_last_stage_update",
    "hold_reason",
    "hold_until",
    "last_contact_date",
    "pending_step_id",
    "released_on",
    "reward_from",
    "round",
    "stage_id",
    "state",
    "step_date",
    "step_id",
    "unanswered_count",
    "unanswered_since",
)
#: What tells that something has happened to a case.
TELLING = (
    "hold_until",
    "last_reply_date",
    "pending_step_id",
    "policy_id",
    "released_on",
    "round",
    "run_date",
    "stage_id",
    "state",
    "step_id",
    "unanswered_count",
)
#: What is asked for.
FIGURES = ("amount_chased", "amount_disputed", "amount_net_overdue", "amount_promised", "amount_under_way")
MARK = ("item_id", "case_id", "step_id", "cycle", "date")
ACTIVITY = ("activity_type_id", "automated", "date_deadline", "note", "res_id", "res_model_id", "summary", "user_id")


class CollectionCase(models.Model):
    """What was so before a click, and what became of it; see ``case/undo.py``."""

    _inherit = "collection.case"

    def write(self, vals):
        """A card that is moved by hand may be moved back."""
        if self.env.su or not vals.get("stage_id"):
            return super().write(vals)
        before = self._before_undoable()
        result = super().write(vals)
        done = self.env._("Moved to “%s”", self.env["collection.stage"].browse(vals["stage_id"]).name)
        self._note_undo("moved", before, dict.fromkeys(self.ids, done))
        return result

    def _kept_for_undo(self):
        """The records that a click on these cases may change, make or delete, and the fields of them that count. Needs superuser
        mode; the number of queries does not depend on how many cases they are.

        :return: by model: the records, each with the case that it belongs to, and names of fields
        """
        marks = self.env["collection.mark"].search([("case_id", "in", self.ids)])
        activities = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("collection_asked", "=", True)]
        )
        noted = sorted(name for name in activities._fields if name.startswith("collection_"))
        return {
            self._name: ({case: case for case in self}, KEPT),
            marks._name: ({mark: mark.case_id for mark in marks}, MARK),
            activities._name: ({one: self.browse(one.res_id) for one in activities}, (*ACTIVITY, *noted)),
        }

    def _before_undoable(self):
        """What of these cases is so now, by case id, model and id; for :meth:`_note_undo`."""
        snapshot = {case.id: {} for case in self}
        for model, (records, names) in self.sudo()._kept_for_undo().items():  # read by the rules, told to nobody
            for record, case in records.items():
                snapshot[case.id].setdefault(model, {})[record.id] = _plain(record, names)
        return snapshot

    def _note_undo(self, kind, before, words):
        """Something was done to these cases by a click, and is decided on: remember what was so before. Where nothing came of it,
        there is nothing to remember.

        :param before: see :meth:`_before_undoable`
        :param words: what was done, by case id
        :rtype: collection.undo
        """
        cases = self.sudo()  # kept by the rules
        cases._undecided()._decide()
        after = cases._before_undoable()
        differences = {case.id: _difference(before[case.id], after[case.id]) for case in cases}
        return cases.env["collection.undo"].create(
            [
                {
                    "case_id": case.id,
                    "kind": kind,
                    "words": words[case.id],
                    "day": case.company_id._collection_today(),
                    "telling": case._telling_of_undo(),
                    "figures": case._figures_of_undo(),
                    **differences[case.id],
                }
                for case in cases
                if any(differences[case.id].values())
            ]
        )

    def _telling_of_undo(self):
        self.ensure_one()
        return _plain(self, TELLING)

    def _figures_of_undo(self):
        self.ensure_one()
        return _plain(self, FIGURES)


def _difference(before, after):
    """What was changed, made and deleted, as ``collection.undo`` keeps it."""
    changed, made, deleted = {}, {}, {}
    for model in before.keys() | after.keys():
        old, new = before.get(model, {}), after.get(model, {})
        for record_id in old.keys() & new.keys():
            row = {
                name: (value, new[record_id][name])
                for name, value in old[record_id].items()
                if value != new[record_id][name]
            }
            if row:
                changed.setdefault(model, {})[record_id] = row
        if ids := sorted(new.keys() - old.keys()):
            made[model] = ids
        if ids := sorted(old.keys() - new.keys()):
            deleted[model] = [old[record_id] for record_id in ids]
    return {"changed": changed, "made": made, "deleted": deleted}
