from . import (
    collection_letter,
    collection_statement,
    ir_actions_report,
    report_letter,
    report_statement,
)
