from odoo import api, fields, models
from odoo.tools import SQL


class CollectionMark(models.Model):
    """That a step of the ladder has named an open item: in a letter that left, or in a call that was made.

    The last mark of an item's latest cycle says where the item stands. A cycle begins with a mark at the milder place, or at the
    foot of the ladder: what was above it stops counting. Made and taken back by the rules only.

    The item is named without a foreign key: one would make each mark wait for whoever works on the entry, and a night or an
    accountant with it. Numbers of items are not given twice, and what is left of deleted items is cleared away
    (:meth:`_gc_of_deleted_items`).
    """

    _name = "collection.mark"
    _description = "Item Mark of a Step"
    _inherit = ["collection.door"]
    _log_access = False
    _order = "cycle desc, id desc"

    item_id = fields.Integer(string="Open Item", required=True, index=True, help="The number of the journal item.")
    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    step_id = fields.Many2one(
        "collection.policy.step", ondelete="restrict", help="Empty: a new cycle starts at the first step."
    )
    cycle = fields.Integer(default=1, required=True, help="Restarts with every step back.")
    date = fields.Date(required=True, help="The date on which the letter was sent or the call was made.")
    _unique_step = models.UniqueIndex(
        "(item_id, step_id, cycle) WHERE step_id IS NOT NULL", "This step already includes the item."
    )

    @api.autovacuum
    def _gc_of_deleted_items(self):
        self.env.cr.execute(
            """DELETE FROM collection_mark
                WHERE NOT EXISTS (SELECT FROM account_move_line item WHERE item.id = collection_mark.item_id)"""
        )

    @api.model
    def _latest(self, item_ids):
        """Where these items stand, by id of the item: the id of the step that has named it last (None at the foot), the day, the
        cycle, and whether a final notice has named it in this cycle. Items without a mark are left out.

        :rtype: dict[int, tuple[int | None, date, int, bool]]
        """
        if not item_ids:
            return {}
        self.flush_model(["cycle", "date", "item_id", "step_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (mark.item_id) mark.item_id, mark.step_id, mark.date, mark.cycle,
                       BOOL_OR(step.letter_kind = 'final_notice') OVER (PARTITION BY mark.item_id, mark.cycle) IS TRUE
                  FROM collection_mark mark
             LEFT JOIN collection_policy_step step ON step.id = mark.step_id
                 WHERE mark.item_id = ANY(%s)
              ORDER BY mark.item_id, mark.cycle DESC, step.sequence DESC NULLS LAST, mark.id DESC""",
                list(item_ids),
            )
        )
        return {item_id: (step_id, date, cycle, noticed) for item_id, step_id, date, cycle, noticed in rows}
