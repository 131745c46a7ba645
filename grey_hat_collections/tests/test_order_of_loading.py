from odoo.tests import tagged

from .order_common import OrderCommon

#: Which override expects which behind it; see OrderCommon. A new override needs a line here, and its reason where it is loaded.
OVERRIDES = """
account.move.line._compute_collection_chase_state
    promise.account_move_line > case.account_move_line
account.move.line._compute_collection_due_date
    dispute.account_move_line > ledger.account_move_line
account.move.line._part_in_words           promise.account_move_line > case.account_move_line
account.move.line.write                    ledger.account_move_line > base.door > odoo
account.move.write                         ledger.account_move > base.door > odoo
account.payment.write                      ledger.account_payment > base.door > odoo
collection.agency._tell_of_failure         agency.agency hides case.batch hides base.batch
collection.agency.create                   agency.agency_secret > base.door > odoo
collection.agency.feedback.create          agency.agency_feedback > base.door > odoo
collection.agency.feedback.write           agency.agency_feedback > base.door > odoo
collection.agency.message._after_hand_over agency.agency_message_send > base.outgoing
collection.agency.message._note_broken     agency.agency_message_send > base.outgoing
collection.agency.message._tell_of_failure agency.agency_message_send hides case.batch hides base.batch
collection.agency.write                    agency.agency_secret > agency.agency > base.door > odoo
collection.batch._end_piece                case.batch > base.batch
collection.batch._tell_of_failure          case.batch hides base.batch
collection.case._accounts_opened           agency.case_hooks > case.case_hooks
collection.case._achieved_today            dispute.case_dispute > promise.case_promise > contact.case_desk
collection.case._after_decisions           gate.case_hooks > case.case_hooks
collection.case._also_concerned            gate.case_hooks > case.case_hooks
collection.case._ask_for_activities        agency.case_hooks > case.case_hooks
collection.case._ask_for_steps             letter.case_letters > case.case_hooks
collection.case._attempts                  letter.case_hooks > contact.case_note
collection.case._before_decisions          letter.case_hooks > promise.case_hooks > case.case_hooks
collection.case._before_figures            promise.case_hooks > case.case_hooks
collection.case._begun                     dispute.case_hooks > case.case_hooks
collection.case._case_facts                letter.case_hooks > contact.case_hooks > case.case_hooks
collection.case._check_forward_move        contact.case_hooks > case.case_board
collection.case._check_stage_move          agency.case_hooks > case.case_board
collection.case._check_work_done           letter.case_notice > case.case_hooks
collection.case._close                     agency.case_apart > letter.case_reward > letter.case_notice > case.case_close
collection.case._come_back                 letter.case_reward > case.case_open
collection.case._come_back_from_agency     agency.case_apart > agency.case_agency
collection.case._compute_agency_notice     agency.case_apart > agency.case_agency
collection.case._compute_contact_budget    letter.case_hooks > contact.case_budget
collection.case._compute_decision          contact.case_hooks > case.case_phrasing
collection.case._decision_words            gate.case_hooks > contact.case_hooks > case.case_phrasing
collection.case._domain_unsaid             gate.case_hooks > promise.case_hooks > case.case_hooks
collection.case._fairly_warned             letter.case_notice > case.case_hooks
collection.case._forgotten                 agency.case_hooks > case.case_due
collection.case._found_by
    agency.case_hooks > letter.case_hooks > dispute.case_hooks > promise.case_hooks > contact.case_hooks > case.case_find
collection.case._give_up_work              letter.case_letters > case.case_hooks
collection.case._go_to_agency              agency.case_apart > agency.case_agency
collection.case._has_promised              promise.case_hooks > case.case_hooks
collection.case._held_by                   agency.case_hooks > case.case_hooks
collection.case._is_noticed                letter.case_notice hides case.case_hooks
collection.case._items_held                agency.case_agency > case.case_hooks
collection.case._kept_for_undo             letter.undo > case.case_undo
collection.case._left_to_people_since      contact.case_hooks > case.case_hooks
collection.case._make_room_for_merge       letter.case_hooks > case.case_hooks
collection.case._more_facts
    agency.case_hooks > letter.case_hooks > gate.case_hooks > dispute.case_hooks > promise.case_hooks > contact.case_hooks
    > case.case_hooks
collection.case._move_forward              letter.case_approval > case.case_board
collection.case._named_in_writing          letter.case_letters > case.case_hooks
collection.case._not_to_decide_yet         promise.case_hooks > case.case_hooks
collection.case._note_reply                contact.case_note > case.case_silence
collection.case._out_of_hand               letter.case_letters > case.case_hooks
collection.case._parts_of_daily_run
    agency.case_hooks > letter.case_hooks > gate.case_hooks > dispute.case_hooks > promise.case_hooks > case.case_hooks
collection.case._read_to_decide            agency.case_hooks > letter.case_hooks > contact.case_hooks > case.case_hooks
collection.case._recent_contacts           letter.case_hooks > contact.case_contact
collection.case._step_activity_types       letter.case_letters > case.case_step
collection.case._steps_taken               letter.case_notice > case.case_hooks
collection.case._take_over                 dispute.case_hooks > promise.case_hooks > case.case_hooks
collection.case._tell_of_failure           case.case_run hides case.batch hides base.batch
collection.case._told_together             letter.case_named > case.case_hooks
collection.case._values_of_closed          agency.case_hooks > case.case_hooks
collection.case._values_of_new_round       letter.case_notice > case.case_hooks
collection.case._with_work_left            letter.case_letters > case.case_hooks
collection.case._withdraw_asked            gate.case_hooks > case.case_close
collection.case._written_about             contact.case_hooks > case.case_hooks
collection.case.fact.create                base.case_fact > base.door > odoo
collection.case.fact.write                 base.case_fact > base.door > odoo
collection.case.write
    agency.case_hooks > letter.case_letters > case.case_undo > case.case_ladder > case.case_due > case.case > base.door
    > odoo
collection.dialog._check_incoming          wizard.base.dialog > base.door
collection.dispute._begin                  agency.dispute > dispute.dispute_clock
collection.dispute._take_answer_back       letter.dispute > dispute.dispute_answer
collection.dispute._tell_answer            letter.dispute > dispute.dispute_answer
collection.dispute.create                  dispute.dispute_raise > base.case_fact > base.door > odoo
collection.dispute.default_get             dispute.dispute_raise > base.door > odoo
collection.dispute.line.create             dispute.dispute_line > base.door > odoo
collection.dispute.line.write              dispute.dispute_line > base.door > odoo
collection.dispute.write                   dispute.dispute_raise > base.case_fact > base.door > odoo
collection.gate._checks                    page.gate > gate.gate_checks > gate.gate
collection.ledger._changed                 case.ledger > ledger.ledger
collection.ledger._flush_sources           agency.ledger > dispute.ledger > promise.ledger > ledger.ledger
collection.ledger._held_apart              agency.ledger > ledger.ledger
collection.ledger._moved                   case.ledger > ledger.ledger
collection.ledger._query_covered           promise.ledger hides ledger.ledger
collection.ledger._query_promised_for      promise.ledger hides case.ledger_listed
collection.ledger._query_questions         dispute.ledger hides ledger.ledger
collection.letter._after_hand_over         letter.letter_send > base.outgoing
collection.letter._as_it_leaves            page.letter > letter.wording > letter.letter_preview
collection.letter._by_hand                 page.letter_agreed > letter.letter_approval
collection.letter._cancel                  letter.letter_mail > letter.letter
collection.letter._completed               letter.letter_approval > letter.letter
collection.letter._compute_lang            letter.letter_preview > letter.letter
collection.letter._create_mail             page.letter > letter.letter_send
collection.letter._domain_due              letter.letter_approval > letter.letter_send
collection.letter._make_pdf                page.letter > letter.letter_send
collection.letter._next_names              letter.letter_rehearsal > letter.letter
collection.letter._queue                   letter.letter_approval > letter.letter
collection.letter._steps_of                letter.letter_preview > letter.letter_line
collection.letter._store_pdf               page.letter > letter.letter_line > letter.letter_send
collection.letter._words_in_force          letter.wording > letter.letter_approval
collection.letter.action_mark_sent         letter.letter_mail > letter.letter
collection.letter.action_print             letter.letter_approval > letter.letter
collection.letter.action_retry             letter.letter_approval > letter.letter
collection.letter.create                   letter.letter_approval > letter.letter > base.case_fact > base.door > odoo
collection.letter.exemption.create         letter.letter_exemption > base.door > odoo
collection.letter.exemption.write          letter.letter_exemption > base.door > odoo
collection.letter.preview._check_incoming  wizard.letter.letter_preview > base.door
collection.letter.write                    letter.letter_mail > letter.letter > base.case_fact > base.door > odoo
collection.log.contact._check
    wizard.agency.log_referred > wizard.dispute.log_dispute > wizard.contact.log_contact_save
collection.log.contact._compute_amount     wizard.dispute.log_dispute > wizard.contact.log_contact
collection.log.contact._follow_up
    wizard.agency.log_referred > wizard.dispute.log_dispute > wizard.contact.log_contact_save
collection.log.contact._note_values        wizard.dispute.log_dispute > wizard.contact.log_contact_save
collection.mail.piece.create               letter.mail_piece > base.door > odoo
collection.mail.piece.write                letter.mail_piece > base.door > odoo
collection.mark.create                     letter.mark > base.door > odoo
collection.note._compute_answered          page.note > contact.note
collection.note._fixed_fields              page.note > dispute.note > promise.note > contact.note
collection.note._take_back                 dispute.note > promise.note > contact.note
collection.note.create                     contact.note > base.door > odoo
collection.note.write                      contact.note > base.door > odoo
collection.page._content                   page.page_actions > page.page
collection.plan._activate                  letter.plan > promise.plan_life
collection.plan._end                       letter.plan > promise.plan_life
collection.plan.create                     promise.plan > base.door > odoo
collection.policy._facts_changed           settings.policy > base.case_fact
collection.policy.step._facts_changed      settings.policy > base.case_fact
collection.policy.step.unlink              settings.policy > base.case_fact > odoo
collection.promise._begin_watch            letter.promise > promise.promise
collection.promise._check_against_account  promise.promise_plan > promise.promise
collection.promise._queue_confirmation     page.promise > letter.promise
collection.promise._reward                 letter.promise > promise.promise_judge
collection.promise._take_back              letter.promise > promise.promise
collection.promise.action_withdraw         promise.promise_plan > promise.promise
collection.promise.create                  promise.promise > base.case_fact > base.door > odoo
collection.referral.create                 agency.referral > base.door > odoo
collection.remittance.create               agency.remittance > base.door > odoo
collection.remittance.write                agency.remittance > base.door > odoo
collection.stage.write                     settings.stage > base.door > odoo
collection.statement._account              report.collection_statement_pay_code > report.collection_statement
collection.statement._fetch_items          report.collection_statement_pay_code > report.collection_statement
collection.statement._is_listed
    report.collection_statement_resolution > report.collection_statement_plan > report.collection_statement
collection.statement._letter
    report.collection_statement_page > report.collection_statement_pay_code > report.collection_statement_resolution
    > report.collection_statement_plan > report.collection_statement
collection.statement._letters
    report.collection_statement_pay_code > report.collection_letter_wording > report.collection_statement
collection.statement._statements           report.collection_statement_pay_code > report.collection_statement
collection.undo._deletable                 letter.undo > case.undo
collection.undo._take_back_made            letter.undo > case.undo
collection.undo._what_has_left             letter.undo > case.undo
collection.wording.create                  letter.wording > base.door > odoo
collection.wording.write                   letter.wording > base.door > odoo
ir.actions.report._run_wkhtmltopdf
    report.document_pages > report.document_styles > report.ir_actions_report > odoo
ir.attachment._of_what_left                agency.ir_attachment > letter.ir_attachment
ir.attachment._proofs                      agency.ir_attachment > letter.ir_attachment
ir.http.session_info                       letter.ir_http > case.ir_http > odoo
mail.activity.create                       case.mail_activity > base.case_fact > base.door > odoo
mail.activity.default_get                  case.mail_activity > base.door > odoo
mail.activity.write                        case.mail_activity > base.case_fact > base.door > odoo
res.company.write
    letter.res_company > case.res_company > settings.res_company_days > base.door > odoo
res.partner._collection_invoiced           ledger.res_partner > settings.res_partner
res.partner.write                          case.res_partner > settings.res_partner > base.door > odoo
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
