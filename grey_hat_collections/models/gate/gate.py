import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from odoo import api, models
from odoo.tools.misc import format_date

from ...engine import gate
from ...engine.gate import Finding, Mode
from ..ledger.open_item import OpenItem


@dataclass(frozen=True, slots=True)
class Check:
    """One question of the gate.

    ``find`` is given accounts and answers with the :class:`Found` of each, by its key; those of which it finds nothing may
    be left out. The sentences are in the reader's language: ``label`` names the check, ``fine`` says that nothing was
    found, ``one`` what was found (``%(subject)s``), ``many`` what was found several times (also ``%(count)s``, and ``%(more)s``
    besides the first). ``asks`` says who can put it right: the ``collector``, ``accounting``, the reviewing ``manager``, the
    ``salesperson`` of the record that was found, or its ``owner``. What is ``of_house`` is the same for all customers of a
    company: one person is asked once.
    """

    label: str
    find: Callable
    one: str
    many: str = ""
    fine: str = ""
    asks: str = "collector"
    of_house: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a check has found, by name; ``record`` where it is something to open."""

    name: str
    record: models.BaseModel | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What is looked at: a customer in a company, the items that are asked for, and the credits that are applied to
    nothing, with whichever branch of the company.
    """

    partner_id: int
    company_id: int
    today: date
    asked: tuple[OpenItem, ...]
    credits: tuple[OpenItem, ...]

    @property
    def key(self):
        return self.partner_id, self.company_id


class CollectionGate(models.AbstractModel):
    """Is it us? What may be wrong on our side is looked at before a letter leaves.

    The checks are listed in :meth:`_checks`, the one method that an add-on inherits to add its own. Each is asked once
    about many customers, so the number of queries does not depend on how many they are.
    """

    _name = "collection.gate"
    _description = "Our Side"

    @api.model
    def _checks(self):
        """The checks by their code, in the order in which they are asked and shown.

        What a company makes of a check is its field ``collection_gate_<code>``; without such a field it warns::

            def _checks(self):
                return super()._checks() | {"strike": Check(self.env._("Strikes"), self._find_strikes, one="…")}

        :rtype: dict[str, Check]
        """
        return {}

    # -- Asking --------------------------------------------------------------------------------------------------

    @api.model
    def _look(self, keys, asks=None, codes=None, items=None):
        """Ask the checks about accounts.

        :param keys: (commercial partner id, company id) of each
        :param asks: function of an open item: whether it is asked for; by default what is chased today
        :param codes: limit to these checks
        :param items: the open items of these accounts, by key, where somebody has read them just now
        :return: by code of the check, by key, what was found
        :rtype: dict[str, dict[tuple[int, int], tuple[Found, ...]]]
        """
        keys = set(keys)
        if not keys:
            return {}
        # sudo: the checks read the books and the mail of the house; callers say which customers, and may see them
        house = self.sudo()
        accounts = house._accounts(keys, asks, items)
        checks = house._checks()
        return {code: checks[code].find(accounts) for code in (checks if codes is None else codes) if code in checks}

    @api.model
    def _stops(self, keys, asks=None, items=None):
        """What stops letters to these customers, in the order of the checks, by key; with what was found.

        :param items: as for :meth:`_look`
        :rtype: dict[tuple[int, int], dict[Finding, tuple[Found, ...]]]
        """
        companies = self.env["res.company"].browse({company_id for _partner_id, company_id in keys})
        modes = {company.id: self._modes(company) for company in companies}
        stopping = {
            code for company_modes in modes.values() for code, mode in company_modes.items() if mode == Mode.STOP.value
        }
        if not stopping:
            return {}
        looked = self._look(keys, asks, [code for code in self._checks() if code in stopping], items)
        stops = {}
        for key in keys:
            found = {
                self._finding(code, by_key[key]): by_key[key] for code, by_key in looked.items() if by_key.get(key)
            }
            stopped, _warnings = gate.judge(found, modes[key[1]])
            if stopped:
                stops[key] = {finding: found[finding] for finding in stopped}
        return stops

    @api.model
    def _modes(self, company):
        """What ``company`` makes of each check, by its code: *stop*, *warn* or *off*."""
        company = company.sudo()  # settings of the company, not its secrets
        modes = {}
        for code in self._checks():
            name = f"collection_gate_{code}"
            modes[code] = company[name] if name in company._fields else Mode.WARN.value
        return modes

    @api.model
    def _finding(self, code, found):
        return Finding(code, found[0].name, len(found))

    @api.model
    def _accounts(self, keys, asks, items):
        """The accounts of these keys, with what the ledger says about them."""
        partners = self.env["res.partner"].browse({partner_id for partner_id, _company_id in keys})
        companies = self.env["res.company"].browse({company_id for _partner_id, company_id in keys})
        today = {company.id: company._collection_today() for company in companies}
        ledger = self.env["collection.ledger"]
        if items is None:
            items = ledger._open_items_by_account(partners, companies)
        elsewhere = {}
        if others := companies._collection_branches() - companies:
            elsewhere = ledger._open_items_by_account(partners, others)
        branches = {company.id: company._collection_branch_ids() for company in companies}
        asks = asks or (lambda item: item.chased > 0)

        def credits_of(partner_id, company_id):
            keys = [(partner_id, branch_id) for branch_id in branches[company_id]]
            return (item for key in keys for item in items.get(key) or elsewhere.get(key, ()))

        return [
            Account(
                *key,
                today=today[key[1]],
                asked=tuple(item for item in items.get(key, ()) if item.residual > 0 and asks(item)),
                credits=tuple(item for item in credits_of(*key) if item.residual < -item.spent and not item.excluded),
            )
            for key in sorted(keys)
        ]

    # -- Saying --------------------------------------------------------------------------------------------------

    @api.model
    def _sentence(self, code, subject, count=1):
        """What check ``code`` has found, as a sentence in the reader's language. A subject that is a day is written as the
        reader writes days; of a check that is not installed any more, the subject is all that can be said.
        """
        check = self._checks().get(code)
        if not check:
            return subject
        if re.fullmatch(r"\d{4}-\d\d-\d\d", subject):
            with suppress(ValueError):  # it may look like one and be none
                subject = format_date(self.env, subject, date_format="long")
        sentence = check.many if count > 1 and check.many else check.one
        return sentence % {"subject": subject, "count": count, "more": count - 1}
