"""What a person can mean: no day, number or text that is typed goes beyond."""

from datetime import date, datetime, timedelta
from math import isfinite

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_date

#: Nobody means a day farther away than ten years, nor counts more days than that.
FARTHEST = timedelta(days=3653)
#: Nobody writes down what was longer ago than thirty years.
LONGEST_AGO = timedelta(days=10958)
#: What is counted, other than days.
MOST = 1_000_000
#: An amount in any currency; a percentage or an hour has limits of its own.
LARGEST = 10.0**13
#: Characters of a line, of a text, and of a text with its markup.
LONGEST = {"char": 4_000, "text": 20_000, "html": 200_000}


def check(record, field, value):
    """:raises ValidationError: where nobody can mean ``value`` for ``field`` of ``record``, with the way out"""
    if problem := _PROBLEMS.get(field.type, lambda *_given: None)(record, field, value):
        raise ValidationError(problem)


def _words(record, field, **more):
    """What every sentence names: the record, as far as there is one, and the field."""
    known = len(record) == 1 and record._origin and not record._transient
    name = record.display_name if known else record.env["ir.model"]._get(record._name).name
    return {"record": name, "field": field._description_string(record.env), **more}


def _problem_of_day(record, field, value):
    today = fields.Date.context_today(record)
    first, last = today - LONGEST_AGO, today + FARTHEST
    day = _day_of(value)
    if day and first <= day <= last:
        return None
    env = record.env
    words = _words(record, field, first=format_date(env, first), last=format_date(env, last))
    return env._("%(record)s: “%(field)s” must be a date between %(first)s and %(last)s. Choose another date.", **words)


def _day_of(value):
    """The day in ``value``, of whatever kind; None without one."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return fields.Date.to_date(value)
    except (TypeError, ValueError):
        return None


def _problem_of_number(record, field, value):
    most = _most(field)
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        number = None
    if number is not None and isfinite(number) and abs(number) <= most:
        return None
    words = _words(record, field, least=f"{-most:,.0f}", most=f"{most:,.0f}")
    return record.env._(
        "%(record)s: “%(field)s” must be a number between %(least)s and %(most)s. Enter another one.", **words
    )


def _most(field):
    if field.type != "integer":
        return LARGEST
    return FARTHEST.days if "days" in field.name.split("_") else MOST


def _problem_of_text(record, field, value):
    most = LONGEST[field.type]
    length = len(value) if isinstance(value, str) else len(str(value))
    if length <= most:
        return None
    words = _words(record, field, length=f"{length:,}", most=f"{most:,}")
    return record.env._(
        "%(record)s: “%(field)s” can hold at most %(most)s characters; you entered %(length)s. Shorten it.", **words
    )


_PROBLEMS = {
    **dict.fromkeys(("date", "datetime"), _problem_of_day),
    **dict.fromkeys(("integer", "float", "monetary"), _problem_of_number),
    **dict.fromkeys(LONGEST, _problem_of_text),
}
