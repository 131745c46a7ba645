"""The world in which every story begins: made once in a database, and found there by each test class.

A company with its chart of accounts, its users and the rest take seconds to make. Where nobody has prepared a world, each
class makes its own, as Odoo's own tests do. :func:`prepare`, called in an Odoo shell, leaves one in the database, and the tests
there begin with it. What a story adds to it is rolled back as ever.
"""

import json
from functools import cache

from odoo import api
from odoo.models import BaseModel
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

PARAMETER = "grey_hat_collections.test_world"


class WorldCommon(AccountTestInvoicingCommon):
    """Finds what the stories begin with, or makes it: :meth:`_make_world` says what is ours."""

    @classmethod
    def setUpClass(cls):
        known = _remembered(get_db_name())
        if known is None:
            super().setUpClass()
            cls._make_world()
        else:
            # past those that make a company and all that belongs to it
            super(BaseCommon, cls).setUpClass()
            cls._recall(known)

    @classmethod
    def _make_world(cls):
        """Make what the stories begin with, as attributes of the class. What is no record is not remembered."""

    @classmethod
    def _before_keeping(cls):
        """What a prepared world has otherwise than one that a class makes for itself."""

    @classmethod
    def _remember(cls):
        """The records that are attributes of the class, and who has made them, as JSON."""
        records = {name: _as_data(value) for name, value in vars(cls).items() if _is_of_records(value)}
        return json.dumps({"uid": cls.env.uid, "records": records})

    @classmethod
    def _recall(cls, known):
        cls.env = api.Environment(cls.cr, known["uid"], cls.default_env_context())
        for name, data in known["records"].items():
            setattr(cls, name, _from_data(cls.env, data))


def prepare(cls):
    """Make the world of a test class in the database of this process for good.

    :param type[WorldCommon] cls: one whose world has all that others begin with
    """
    cls.setUpClass()
    try:
        cls._before_keeping()
        cls.env["ir.config_parameter"].sudo().set_param(PARAMETER, cls._remember())
        cls.env.flush_all()
        type(cls.cr).commit(cls.cr)  # the instance refuses to, as it should in a test
    finally:
        cls.doClassCleanups()


@cache
def _remembered(database):
    """What :func:`prepare` has left in a database, or nothing."""
    with Registry(database).cursor() as cr:
        text = api.Environment(cr, api.SUPERUSER_ID, {})["ir.config_parameter"].get_param(PARAMETER)
    return json.loads(text) if text else None


def _is_of_records(value):
    return isinstance(value, BaseModel) or (
        isinstance(value, dict) and value and all(isinstance(one, BaseModel) for one in value.values())
    )


def _as_data(value):
    if isinstance(value, dict):
        return {"parts": {name: _as_data(one) for name, one in value.items()}}
    return {"model": value._name, "ids": value.ids}


def _from_data(env, data):
    if "parts" in data:
        return {name: _from_data(env, one) for name, one in data["parts"].items()}
    return env[data["model"]].browse(data["ids"])
