"""The rules of the trade in plain Python.

Nothing here knows Odoo, a database or the clock: facts come in as frozen dataclasses, answers go out the same way.
Amounts are :class:`decimal.Decimal` in one currency, days are :class:`datetime.date`, moments are aware
:class:`datetime.datetime`.
"""
