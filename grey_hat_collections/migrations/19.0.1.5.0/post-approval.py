"""A house that sends letters already goes on as before: nothing new waits for approval until somebody wishes it."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env["res.company"].search([]).collection_letters_wait = False
    _only_warn_of_missing_accounts(env)


def _only_warn_of_missing_accounts(env):
    """Letters of a house that has sent them without a bank account so far go on leaving; *Our Side* says what is missing."""
    for company in env["res.company"].search([]):
        if not company._collection_bank_accounts():
            company.collection_gate_no_bank = "warn"
