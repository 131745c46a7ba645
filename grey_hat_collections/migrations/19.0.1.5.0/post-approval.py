"""A house that sends letters already goes on as before: nothing new waits for approval until somebody wishes it."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env["res.company"].search([]).collection_letters_wait = False
