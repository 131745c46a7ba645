import logging

from odoo.tests import tagged
from odoo.tools import SQL

from .common import CollectionCommon

#: Columns of ours in tables of other modules, with what the database knows about them.
OUR_COLUMNS = """
    SELECT table_name || '.' || column_name, is_nullable, column_default
      FROM ir_model_data data
      JOIN ir_model_fields field ON data.model = 'ir.model.fields' AND field.id = data.res_id
      JOIN ir_model_data owner ON owner.model = 'ir.model' AND owner.res_id = field.model_id
      JOIN information_schema.columns ON table_schema = current_schema
           AND table_name = replace(field.model, '.', '_') AND column_name = field.name
     WHERE data.module = 'grey_hat_collections'
     GROUP BY 1, 2, 3
    HAVING bool_or(NOT starts_with(owner.module, 'grey_hat_collections'))"""


@tagged("post_install", "-at_install")
class TestBesideOthers(CollectionCommon):
    """What other add-ons notice of this one."""

    def test_no_column_of_ours_stands_in_the_way_of_who_does_not_know_it(self):
        """While the modules below this one are loaded, the columns are there and our fields are not."""
        columns = self.env.execute_query(SQL(OUR_COLUMNS))
        self.assertGreater(len(columns), 40)
        required = {name: default for name, nullable, default in columns if nullable == "NO"}
        self.assertIn("res_company.collection_envelope", required)
        self.assertFalse({name for name, default in required.items() if default is None})

    def test_a_company_that_is_made_without_us_starts_as_all_others(self):
        with self._on(None):
            usual = self.env["res.company"].create({"name": "Made with our fields"})
        self.env.flush_all()
        theirs = [
            name
            for name, field in usual._fields.items()
            if field.store and field.column_type and name != "id" and not name.startswith("collection_")
        ]
        [(company_id,)] = self.env.execute_query(
            SQL(
                "INSERT INTO res_company (%(names)s) SELECT %(values)s FROM res_company WHERE id = %(id)s RETURNING id",
                names=SQL(", ").join(map(SQL.identifier, theirs)),
                values=SQL(", ").join(
                    SQL("'Made without'") if name == "name" else SQL.identifier(name) for name in theirs
                ),
                id=usual.id,
            )
        )
        made_without = self.env["res.company"].browse(company_id)
        settings = [
            name for name, field in usual._fields.items() if name.startswith("collection_") and not field.relational
        ]
        self.assertGreater(len(settings), 30)
        self.assertEqual({name: made_without[name] for name in settings}, {name: usual[name] for name in settings})

    def test_views_of_ours_ask_for_no_field_that_somebody_may_not_read(self):
        """Odoo says so in the log of each installation, and only there."""
        views = self.env["ir.model.data"].search(
            [("module", "=", "grey_hat_collections"), ("model", "=", "ir.ui.view")]
        )
        with self.assertNoLogs("odoo.addons.base.models.ir_ui_view", logging.WARNING):
            self.env["ir.ui.view"].browse(views.mapped("res_id"))._check_xml()
