"""Beside the application that most houses have. Beside ten of them: see tests/soak."""

from neighbours import screens_open_beside


def test_screens_open_beside_sales(odoo_env):
    screens_open_beside(odoo_env, ("sale_management",))
