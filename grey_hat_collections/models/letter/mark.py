from odoo import api, fields, models
from odoo.tools import SQL


class CollectionMark(models.Model):
    """Which letter has named an item; a final notice says where a case is in the window for an agency."""

    _inherit = "collection.mark"

    letter_id = fields.Many2one(
        "collection.letter",
        ondelete="cascade",
        index="btree_not_null",
        help="The letter that included it; empty for a call, and where a cycle begins.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        marks = super().create(vals_list)
        marks._of_notices()._look_again(window=True)
        return marks

    def unlink(self):
        cases = self._of_notices()
        result = super().unlink()
        cases._look_again(window=True)
        return result

    def _of_notices(self):
        """The cases of those of these marks that a final notice has left."""
        return self.filtered(lambda mark: mark.step_id.letter_kind == "final_notice").case_id

    @api.model
    def _first_notices(self, item_ids):
        """The first final notice that has named each of these items in its present cycle, by id of the item: whether one has, and
        the id of its letter (None: a call took its place). Items without a mark are left out.

        :rtype: dict[int, tuple[bool, int | None]]
        """
        if not item_ids:
            return {}
        self.flush_model(["cycle", "item_id", "letter_id", "step_id"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH present AS (
                    SELECT item_id, MAX(cycle) AS cycle FROM collection_mark WHERE item_id = ANY(%s) GROUP BY item_id
                ),
                mark AS (
                    SELECT mark.id, item_id, mark.letter_id, step.letter_kind IS NOT DISTINCT FROM 'final_notice' AS notice
                      FROM collection_mark mark
                      JOIN present USING (item_id, cycle)
                 LEFT JOIN collection_policy_step step ON step.id = mark.step_id
                )
                SELECT DISTINCT ON (item_id) item_id, notice, CASE WHEN notice THEN letter_id END
                  FROM mark
              ORDER BY item_id, notice DESC, id""",
                list(item_ids),
            )
        )
        return {item_id: (notice, letter_id) for item_id, notice, letter_id in rows}
