"""The tests of the whole, and those of each room. Odoo looks for names that begin with ``test_`` here: a module that is not named
is never run.
"""

from . import (
    test_access_matrix,
    test_access_onchange,
    test_access_routes,
    test_activity_doors,
    test_beside_others,
    test_broken_data,
    test_demo,
    test_document_styles,
    test_every_test,
    test_field_complaints,
    test_first_morning,
    test_five_laws,
    test_hostile,
    test_in_proportion,
    test_js,
    test_kept_files,
    test_odd_nights,
    test_order_of_loading,
    test_queries,
    test_security,
    test_security_of_companies,
    test_tours,
    test_what_a_case_leads_to,
    test_when_things_break,
)
from .agency import (
    test_agency,
    test_agency_emails,
    test_agency_feedback,
    test_agency_messages,
    test_agency_score,
    test_case_apart,
    test_keep_or_collect,
    test_log_referred,
    test_referral,
    test_referral_by_item,
    test_referral_follows,
    test_referral_money,
    test_referral_refused,
    test_referral_review,
    test_referral_thresholds,
    test_referral_told,
    test_referral_tours,
)
from .base import (
    test_bulk,
    test_limits,
)
from .case import (
    test_board,
    test_case,
    test_comes_back,
    test_daily_run,
    test_day_for_a_look,
    test_holds,
    test_one_case,
    test_refresh_again,
    test_renamed,
    test_who_is_looked_at,
    test_who_may_work,
)
from .contact import (
    test_answers,
    test_contact_budget,
    test_decided_once,
    test_desk,
    test_invoice_copies,
    test_log_contact,
    test_log_contact_outcomes,
    test_log_contact_rights,
    test_many_cases,
    test_notes,
    test_reasons,
)
from .dispute import (
    test_dispute_answer,
    test_dispute_cents,
    test_dispute_letters,
    test_dispute_report,
    test_dispute_rights,
    test_dispute_tours,
    test_disputes,
    test_field_complaints_of_disputes,
    test_who_answers,
)
from .gate import (
    test_credits_in_sight,
    test_delivery_notes,
    test_gate,
    test_gate_at_work,
    test_gate_tours,
)
from .guide import (
    test_guide,
)
from .ledger import (
    test_branches,
    test_ledger,
    test_ledger_of_companies,
    test_left_out,
    test_what_is_paid,
)
from .letter import (
    test_courtesy_letters,
    test_delivery_reports,
    test_fair_warning,
    test_ladder_by_item,
    test_last_call,
    test_letter_delivery,
    test_letter_documents,
    test_letter_languages,
    test_letter_names,
    test_letter_not_made,
    test_letter_sending,
    test_mail_piece,
    test_mail_piece_print,
    test_mail_piece_renamed,
    test_mail_piece_rights,
    test_mail_piece_tour,
    test_mail_piece_truth,
    test_marks,
    test_rewards,
    test_right_address,
    test_statement,
)
from .privacy import (
    test_privacy,
)
from .promise import (
    test_plan_letters,
    test_plan_life,
    test_plans,
    test_promise_kept,
    test_promise_pause,
    test_promise_queries,
    test_promise_refused,
    test_promise_tours,
)
from .settings import (
    test_contact_rules,
    test_reviewer,
    test_working_days,
)
