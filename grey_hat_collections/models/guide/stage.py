from odoo import fields, models


class CollectionStage(models.Model):
    """What is said and asked at a stage."""

    _inherit = "collection.stage"

    guide_line_ids = fields.One2many(
        "collection.guide.line",
        "stage_id",
        string="Call Guide",
        copy=True,
        help="What is said and asked at this stage.",
    )
