import logging

from odoo.tests import tagged
from odoo.tools import SQL

from .common import MONDAY, CollectionCommon

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
    """What other add-ons notice of this one, and what it says about those that do the same."""

    # -- Tables that are shared ----------------------------------------------------------------------------------

    def test_no_column_of_ours_stands_in_the_way_of_who_does_not_know_it(self):
        """While the modules below this one are loaded, the columns are there and our fields are not."""
        columns = self.env.execute_query(SQL(OUR_COLUMNS))
        self.assertGreater(len(columns), 40)
        required = {name: default for name, nullable, default in columns if nullable == "NO"}
        self.assertIn("res_company.collection_envelope", required)
        self.assertFalse({name for name, default in required.items() if default is None})

    def test_a_company_that_is_made_without_us_starts_as_all_others(self):
        self.env["ir.default"].search([("field_id.name", "=like", "collection_%")]).unlink()  # of the tests alone
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

    # -- Others that write to customers --------------------------------------------------------------------------

    def _install(self, *names):
        """Other systems of reminders, as they stand in the list of applications. What they would do is not needed here."""
        return self.env["ir.module.module"].create(
            [{"name": name, "shortdesc": name, "state": "installed"} for name in names]
        )

    def _asked(self):
        return self.company.partner_id.activity_ids.filtered("automated")

    def test_nobody_else_writes(self):
        self._daily_run(MONDAY)
        self.assertFalse(self._asked())
        self.assertFalse(self.env["res.config.settings"].new({}).collection_others_warning)

    def test_an_add_on_that_is_only_there_writes_nothing(self):
        self._install("account_followup").state = "uninstalled"
        self._daily_run(MONDAY)
        self.assertFalse(self._asked())

    def test_a_manager_is_asked_once_which_system_shall_write(self):
        self._install("account_followup")
        self._daily_run(MONDAY)
        asked = self._asked()
        self.assertRecordValues(
            asked,
            [
                {
                    "user_id": self.manager.id,
                    "summary": "Payment Follow-up and Collections write to the same customers",
                    "date_deadline": MONDAY,
                }
            ],
        )
        self.assertIn("Follow-up Levels", asked.note, "how to keep the other one quiet")
        self.assertIn("Do Not Contact", asked.note, "how to keep ours quiet, for one customer")
        self._daily_run(self._day(1))
        self.assertEqual(self._asked(), asked)
        with self._on(self._day(1)):
            asked.with_user(self.manager).action_feedback(feedback="Follow-up writes in the other company only")
        self._daily_run(self._day(2))
        self.assertFalse(self._asked(), "a decision that was made is not asked for again")

    def test_one_more_is_asked_about_again(self):
        self._install("account_followup")
        self._daily_run(MONDAY)
        self._install("account_credit_control", "account_invoice_overdue_reminder")
        self._daily_run(self._day(1))
        [asked] = self._asked()
        for title in ("Credit Control", "Payment Follow-up", "Overdue Invoice Reminder"):
            self.assertIn(title, asked.summary)
            self.assertIn(title, asked.note)

    def test_the_question_goes_with_the_other_and_comes_again_with_it(self):
        other = self._install("account_followup")
        self._daily_run(MONDAY)
        self.assertTrue(self._asked())
        other.state = "uninstalled"
        self._daily_run(self._day(1))
        self.assertFalse(self._asked())
        other.state = "installed"
        self._daily_run(self._day(2))
        self.assertTrue(self._asked())

    def test_one_that_goes_leaves_the_question_about_the_others(self):
        one, _other = self._install("account_credit_control", "account_followup")
        self._daily_run(MONDAY)
        asked = self._asked()
        one.state = "uninstalled"
        self._daily_run(self._day(1))
        self.assertEqual(self._asked(), asked)

    def test_whoever_becomes_the_first_manager_is_asked(self):
        managers = self.env.ref("grey_hat_collections.group_manager")
        self.company.collection_manager_id = False
        managers.user_ids.filtered(lambda user: not user.share).group_ids -= managers
        self._install("account_followup")
        self._daily_run(MONDAY)
        self.assertFalse(self._asked())
        self.manager.group_ids += managers
        self._daily_run(self._day(1))
        self.assertEqual(self._asked().user_id, self.manager)

    def test_the_settings_say_so_as_long_as_it_is_so(self):
        self._install("account_credit_control")
        warning = self.env["res.config.settings"].new({}).collection_others_warning
        self.assertIn("Credit Control", warning)
        self.assertIn("No follow", warning, "how one customer is left out there")
        self.assertNotIn("Payment Follow-up", warning, "which is not installed")
