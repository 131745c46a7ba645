"""Beside ten of Odoo's applications, a localisation among them."""

from neighbours import ALL_SCREENS, screens_open_beside

from scripts.databases import NEIGHBOURS


def test_screens_open_beside_ten_applications(odoo_env):
    screens_open_beside(odoo_env, NEIGHBOURS, ALL_SCREENS)
