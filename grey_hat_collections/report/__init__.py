from . import (
    collection_letter,
    collection_letter_agreement,
    collection_statement,
    collection_statement_plan,
    ir_actions_report,
    report_letter,
    report_statement,
)
