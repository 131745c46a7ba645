from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.grey_hat_collections.models.privacy.privacy import WORDS
from odoo.addons.grey_hat_collections.tests.privacy.privacy_common import EMAIL, HANGS_ON_MESSAGES, NAME, PrivacyCommon


@tagged("post_install", "-at_install")
class TestPrivacyLookup(PrivacyCommon):
    """A customer who has paid asks to be forgotten. The look-up finds what we hold, and clears what need not stay."""

    def _look_up(self, name=NAME, email=EMAIL):
        wizard = self.env["privacy.lookup.wizard"].with_user(self.admin).create({"name": name, "email": email})
        wizard.action_lookup()
        return wizard.line_ids

    def _ours(self, lines):
        return lines.filtered(lambda line: line.res_model.startswith(("collection.", "mail.", "ir.")))

    def _forget(self):
        """The administrator deletes what the look-up has found of ours, and gives the contact another name."""
        ours = self._ours(self._look_up())
        ours.action_unlink_all()
        self._overwrite_contact()
        return ours

    # -- Found ----------------------------------------------------------------------------------------------------

    def test_all_that_is_written_about_the_customer_is_found(self):
        found = self._look_up()
        by_model = {model: set(lines.mapped("res_id")) for model, lines in found.grouped("res_model").items()}
        for table, column, record_id in self._traces():
            if table in (*HANGS_ON_MESSAGES, "ir_attachment"):
                continue  # their messages and records are listed
            model = table.replace("_", ".")
            self.assertIn(record_id, by_model.get(model, ()), f"{table}.{column} names the customer")
        self.assertFalse(set(WORDS) - set(by_model))

    def test_nothing_is_found_twice(self):
        found = self._look_up().mapped(lambda line: (line.res_model, line.res_id))
        self.assertEqual(len(found), len(set(found)))

    # -- Cleared --------------------------------------------------------------------------------------------------

    def test_nothing_is_left_but_what_stays(self):
        self._settle()
        self.assertTrue(self._traces())
        self._forget()
        self.assertEqual(self._traces(), [])

    def test_what_is_not_ours_is_deleted_as_ever(self):
        jane = self.env["res.partner"].create({"name": "Jane Inkwell", "email": "jane@inkwell.example"})
        lines = self._look_up(jane.name, jane.email)
        lines.filtered(lambda line: line.res_model == "res.partner").action_unlink()
        self.assertFalse(jane.exists())

    def test_the_log_says_what_was_cleared(self):
        self._settle()
        ours = self._forget()
        self.assertEqual(set(ours.mapped("is_unlinked")), {True})
        log = ours.wizard_id.log_id
        self.assertIn(f"Cleared Collection Case #{self.case.id}", log.execution_details)
        self.assertTrue(self.case.exists())
        with self.assertRaises(UserError):
            ours[0].action_unlink()

    def test_one_line_clears_one_record(self):
        self._settle()
        note = self.case.note_ids.filtered(lambda one: "Quillfeather" in (one.note or ""))[:1]
        self._look_up().filtered(lambda line: (line.res_model, line.res_id) == (note._name, note.id)).action_unlink()
        self.assertEqual(note.note, "(cleared)")
        self.assertIn("Quillfeather", self.env["collection.dispute"].sudo().search([], limit=1).description)

    def test_found_and_cleared_after_the_contact_was_renamed(self):
        self._settle()
        lines = self._ours(self._look_up())
        self._overwrite_contact()
        lines.action_unlink_all()
        self.env.flush_all()
        self.assertEqual(self._traces(), [])
