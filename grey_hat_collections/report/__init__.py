from . import (
    collection_statement,
    collection_letter,
    ir_actions_report,
    report_statement,
    report_letter,
)
