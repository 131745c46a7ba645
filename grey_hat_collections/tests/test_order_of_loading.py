from odoo.tests import tagged

from .order_common import OrderCommon

#: Which override expects which behind it; see OrderCommon. A new override needs a line here, and its reason where it is loaded.
OVERRIDES = """
collection.agency.write                    collection_agency_secret > collection_agency > odoo
collection.case._close                     collection_case_notice > collection_case_ledger
collection.case.write                      collection_case_look > collection_case > odoo
collection.dispute.create                  collection_dispute_raise > abstract_case_fact > odoo
collection.dispute.write                   collection_dispute_raise > abstract_case_fact > odoo
collection.gate._checks                    collection_gate_checks > collection_gate
collection.letter._cancel                  collection_letter_post > collection_letter
collection.letter.action_mark_sent         collection_letter_post > collection_letter
collection.letter.create                   collection_letter > abstract_case_fact > odoo
collection.letter.write                    collection_letter_post > collection_letter > abstract_case_fact > odoo
collection.log.contact._check
    wizard.collection_log_referred > wizard.collection_log_dispute > wizard.collection_log_contact_save
collection.log.contact._follow_up
    wizard.collection_log_referred > wizard.collection_log_dispute > wizard.collection_log_contact_save
collection.log.contact._note_values        wizard.collection_log_dispute > wizard.collection_log_contact_save
collection.policy._facts_changed           collection_policy > abstract_case_fact
collection.policy.step._facts_changed      collection_policy > abstract_case_fact
collection.policy.step.unlink              collection_policy > abstract_case_fact > odoo
collection.promise._check_against_account  collection_promise_plan > collection_promise
collection.promise.action_withdraw         collection_promise_plan > collection_promise
collection.promise.create                  collection_promise > abstract_case_fact > odoo
collection.statement._is_listed
    report.collection_statement_verdict > report.collection_statement_plan > report.collection_statement
collection.statement._letter
    report.collection_statement_verdict > report.collection_statement_plan > report.collection_statement
ir.actions.report._run_wkhtmltopdf         report.document_styles > report.ir_actions_report > odoo
mail.activity.create                       mail_activity > abstract_case_fact > odoo
mail.activity.write                        mail_activity > abstract_case_fact > odoo
"""


@tagged("post_install", "-at_install")
class TestOrderOfLoading(OrderCommon):
    """Whose override is asked first is said by hand in each ``__init__.py``: here it is held against the registry."""

    addon = "grey_hat_collections"

    def test_each_override_has_behind_it_what_it_expects(self):
        self.assertOverrides(OVERRIDES)

    def test_what_is_asked_of_super_is_there(self):
        self.assertSomethingBehind()

    def test_files_are_loaded_as_they_are_written_down(self):
        self.assertLoadedAsWritten()
