"""Models of others that have fields of ours: what comes in for these fields is looked at. An activity is a fact of a case."""

from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "collection.door"]


class ResUsers(models.Model):
    """A user shows the fields of its contact."""

    _name = "res.users"
    _inherit = ["res.users", "collection.door"]


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "collection.door"]


class ResConfigSettings(models.TransientModel):  # pylint: disable=no-wizard-in-models
    _name = "res.config.settings"
    _inherit = ["res.config.settings", "collection.door"]


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "collection.door"]


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "collection.door"]


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "collection.door"]


class AccountBankStatementLine(models.Model):
    """A line of a bank statement shows the fields of its entry."""

    _name = "account.bank.statement.line"
    _inherit = ["account.bank.statement.line", "collection.door"]
