"""Speaks to agencies: signed HTTPS, encrypted ZIP. Nothing in here imports Odoo."""
