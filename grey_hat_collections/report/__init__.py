from . import (
    collection_agency_report,
    collection_dispute_report,
    collection_letter,
    collection_letter_agreement,
    collection_letter_verdict,
    collection_statement,
    collection_statement_plan,
    collection_statement_verdict,
    ir_actions_report,
    report_letter,
    report_posting,
    report_statement,
)
