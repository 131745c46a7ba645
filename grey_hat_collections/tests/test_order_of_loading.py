from odoo.tests import tagged

from .order_common import OrderCommon

#: Which override expects which behind it; see OrderCommon. A new override needs a line here, and its reason where it is loaded.
OVERRIDES = """
account.move.line.write                    account_move_line > abstract_door > odoo
account.move.write                         account_move > abstract_door > odoo
account.payment.write                      account_payment > abstract_door > odoo
collection.agency.create                   collection_agency_secret > abstract_door > odoo
collection.agency.feedback.create          collection_agency_feedback > abstract_door > odoo
collection.agency.feedback.write           collection_agency_feedback > abstract_door > odoo
collection.agency.write                    collection_agency_secret > collection_agency > abstract_door > odoo
collection.case._close                     collection_case_apart > collection_case_notice > collection_case_close
collection.case._come_back_from_agency     collection_case_apart > collection_case_agency
collection.case._compute_agency_notice     collection_case_apart > collection_case_agency
collection.case._go_to_agency              collection_case_apart > collection_case_agency
collection.case.fact.create                abstract_case_fact > abstract_door > odoo
collection.case.fact.write                 abstract_case_fact > abstract_door > odoo
collection.case.write                      collection_case_mark > collection_case_look > collection_case > abstract_door > odoo
collection.dialog._check_incoming          wizard.abstract_dialog > abstract_door
collection.dispute.create                  collection_dispute_raise > abstract_case_fact > abstract_door > odoo
collection.dispute.default_get             collection_dispute_raise > abstract_door > odoo
collection.dispute.line.create             collection_dispute_line > abstract_door > odoo
collection.dispute.line.write              collection_dispute_line > abstract_door > odoo
collection.dispute.write                   collection_dispute_raise > abstract_case_fact > abstract_door > odoo
collection.gate._checks                    collection_gate_checks > collection_gate
collection.letter._cancel                  collection_letter_post > collection_letter
collection.letter._store_pdf               collection_letter_line > collection_letter_send
collection.letter.action_mark_sent         collection_letter_post > collection_letter
collection.letter.create                   collection_letter > abstract_case_fact > abstract_door > odoo
collection.letter.write                    collection_letter_post > collection_letter > abstract_case_fact > abstract_door > odoo
collection.log.contact._check
    wizard.collection_log_referred > wizard.collection_log_dispute > wizard.collection_log_contact_save
collection.log.contact._follow_up
    wizard.collection_log_referred > wizard.collection_log_dispute > wizard.collection_log_contact_save
collection.log.contact._note_values        wizard.collection_log_dispute > wizard.collection_log_contact_save
collection.mark.create                     collection_mark_notice > abstract_door > odoo
collection.note.create                     collection_note > abstract_door > odoo
collection.note.write                      collection_note > abstract_door > odoo
collection.plan.create                     collection_plan > abstract_door > odoo
collection.policy._facts_changed           collection_policy > abstract_case_fact
collection.policy.step._facts_changed      collection_policy > abstract_case_fact
collection.policy.step.unlink              collection_policy > abstract_case_fact > odoo
collection.posting.create                  collection_posting > abstract_door > odoo
collection.posting.write                   collection_posting > abstract_door > odoo
collection.promise._check_against_account  collection_promise_plan > collection_promise
collection.promise.action_withdraw         collection_promise_plan > collection_promise
collection.promise.create                  collection_promise > abstract_case_fact > abstract_door > odoo
collection.referral.create                 collection_referral > abstract_door > odoo
collection.remittance.create               collection_remittance > abstract_door > odoo
collection.remittance.write                collection_remittance > abstract_door > odoo
collection.stage.write                     collection_stage > abstract_door > odoo
collection.statement._is_listed
    report.collection_statement_verdict > report.collection_statement_plan > report.collection_statement
collection.statement._letter
    report.collection_statement_verdict > report.collection_statement_plan > report.collection_statement
ir.actions.report._run_wkhtmltopdf         report.document_styles > report.ir_actions_report > odoo
mail.activity.create                       mail_activity > abstract_case_fact > abstract_door > odoo
mail.activity.default_get                  mail_activity > abstract_door > odoo
mail.activity.write                        mail_activity > abstract_case_fact > abstract_door > odoo
res.company.write                          res_company > abstract_door > odoo
res.partner.write                          res_partner > abstract_door > odoo
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
