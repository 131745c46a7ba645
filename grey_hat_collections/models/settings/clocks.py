"""Clocks of customers: which zones a country has, and the first moment that is decent on all of them."""

from datetime import datetime
from functools import cache

import pytz

from ...engine.contact import earliest_moment

#: One way or the other a common moment shows within so many looks; where hours are too short for it, it never does.
LOOKS = 100
#: Nobody's computer fills in these by itself: whoever chose one has meant it.
OF_NO_COUNTRY = frozenset({"UTC", "GMT", "Etc/UTC", "Etc/GMT"})


def clocks(zone, country_code):
    """The zones whose clocks may be a customer's, from west to east, none that shows the same twice.

    The zone on file is believed where the country knows it, or is not known: Odoo fills in that of whoever typed the contact.
    Else the country says which there are.

    :param zone: a zone of pytz, or None
    :param country_code: two letters, or nothing
    """
    of_country = country_clocks(country_code)
    if zone and (not of_country or zone.zone in OF_NO_COUNTRY or _shown(zone) in of_country):
        return [zone]
    return [of_country[shown] for shown in sorted(of_country)]


@cache
def country_clocks(country_code):
    """The zones of a country by what their clocks show in January and in July, against UTC."""
    names = pytz.country_timezones.get((country_code or "").upper(), ())
    return {_shown(zone): zone for zone in map(pytz.timezone, names)}


@cache
def _shown(zone):
    year = datetime.now(pytz.utc).year
    return tuple(zone.utcoffset(datetime(year, month, 1, 12)) for month in (1, 7))


def first_moment(rules, now, zones, **history):
    """The first moment from ``now`` on (aware) at which all of these clocks permit a contact. None when there is no such moment
    on one of them. Hours so short that the clocks have none in common are those of the zone in the middle.

    Takes the keywords of :func:`engine.contact.may_contact`.
    """
    moment = now
    for _look in range(LOOKS if len(zones) > 1 else 1):
        permitted = [_moment_on(zone, rules, moment, history) for zone in zones]
        if None in permitted:
            return None
        latest = max(permitted)
        if latest == moment or len(zones) == 1:
            return latest
        moment = latest
    return _moment_on(zones[len(zones) // 2], rules, now, history)


def _moment_on(zone, rules, now, history):
    """The first moment that the clock of ``zone`` permits."""
    local = now.astimezone(zone).replace(tzinfo=None)
    moment = earliest_moment(rules, local, **history)
    # what is permitted now is permitted as it is: an hour that comes twice has no second meaning then
    return now if moment == local else moment and zone.localize(moment).astimezone(pytz.utc)


def known_zone(*names):
    """The first of these time zones that this machine knows; None without one. Zones are renamed, imports bring odd ones."""
    return next((pytz.timezone(name) for name in names if name in pytz.all_timezones_set), None)
