"""Adding days without falling off the calendar.

Somebody types the year 9999, or a setting counts a million days: what is worked out from it stays a day, and the night goes on.
"""

from datetime import date, datetime

#: Days ahead that somebody can have meant: ten years. What lies farther away is a mistake that a person has to see.
FARTHEST_DAYS = 3653


def later(day: date, days: int) -> date:
    """The day so many ``days`` after ``day``, before it where they are negative; the ends of the calendar are the ends.

    >>> later(date(2026, 2, 27), 2).isoformat(), later(date(2026, 3, 1), -1).isoformat()
    ('2026-03-01', '2026-02-28')
    >>> later(date(9999, 12, 31), 14).isoformat(), later(date(2026, 3, 1), -(10**9)).isoformat()
    ('9999-12-31', '0001-01-01')
    """
    return date.fromordinal(max(date.min.toordinal(), min(date.max.toordinal(), day.toordinal() + days)))


def is_absurd(day: date, today: date) -> bool:
    """Whether ``day`` is so far ahead of ``today`` that nobody can have meant it.

    >>> is_absurd(date(2036, 3, 2), date(2026, 3, 2)), is_absurd(date(9999, 12, 31), date(2026, 3, 2))
    (False, True)
    """
    return day > later(today, FARTHEST_DAYS)


def with_room(moment: datetime) -> datetime:
    """``moment``, but so far from the ends of the calendar that the clock of any country may show it.

    >>> with_room(datetime(9999, 12, 31, 23, 59)).isoformat(), with_room(datetime(2026, 3, 1, 12)).isoformat()
    ('9999-12-29T00:00:00', '2026-03-01T12:00:00')
    """
    return max(datetime(1, 1, 3), min(datetime(9999, 12, 29), moment))
