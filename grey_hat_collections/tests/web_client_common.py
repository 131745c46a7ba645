"""What the web client asks for when somebody clicks: views, what they show, where links and buttons lead."""

import traceback
from collections import deque
from contextlib import contextmanager
from types import SimpleNamespace

from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.fields import Date, Domain
from odoo.tools.safe_eval import safe_eval

#: How many clicks away from where somebody begins.
CLICKS = 3
#: As many rows of a list as are opened.
ROWS = 2
TRUE, FALSE = ("1", "True", "true"), ("0", "False", "false")
#: How a field shows a name that leads to its record, and rows that lead nowhere.
LINKS = (None, "many2one", "res_partner_many2one")
NO_ROWS = ("many2many_binary", "many2many_tags", "x2many_buttons")


class TakeBackError(Exception):
    """Takes back what a button has done."""


class Walker:
    """Somebody who opens screens, and from each what it leads to; ``complaints`` are what failed on the way.

    :param env: the environment of the person, as the web client has it
    :param savepoint: a context manager in which something may be tried
    :param is_ours: tells of a model, and of a button there, whether we answer for it; other screens are opened, and no more
    """

    def __init__(self, env, savepoint, is_ours):
        self.env = env
        self.savepoint = savepoint
        self.is_ours = is_ours
        self.complaints = {}
        self.opened = set()
        self.pressed = set()
        self.screens = 0
        self._queue = deque()

    def walk(self):
        """Open what waits, the nearest first."""
        while self._queue:
            action, way = self._queue.popleft()
            self._open(action, way)

    def start(self, action, name):
        """Begin with an action, as a menu has it."""
        self._queue.append((action, (name,)))

    def start_at(self, record, name=None):
        """Begin with the form of a record, as a link leads to it."""
        with self._trying((name or record._name,)):
            self.start(record.with_env(self.env).get_formview_action(), name or record._name)

    # -- Screens -------------------------------------------------------------------------------------------------

    def _open(self, action, way):
        if not isinstance(action, dict) or action.get("type", "ir.actions.act_window") != "ir.actions.act_window":
            return
        model = action["res_model"]
        views = action.get("views") or [(False, kind) for kind in action.get("view_mode", "form").split(",")]
        record = action.get("res_id") or 0
        is_new = action.get("target") == "new" or not any(kind != "form" for _view, kind in views)
        if record:
            views = [(view, kind) for view, kind in views if kind == "form"][:1] or [(False, "form")]
        key = (model, record, str(views), str(action.get("domain")) if not record else "")
        if key in self.opened and not (is_new and not record):
            return
        self.opened.add(key)
        self._begin_request()
        with self._trying(way):
            context = self._evaluated(action.get("context"), {}) or {}
            env = self.env(context={**self.env.context, **context})
            asked = [*map(list, views), [(action.get("search_view_id") or [False])[0], "search"]]
            found = env[model].get_views(asked, {"toolbar": True, "load_filters": True, "action_id": action.get("id")})
            archs = {kind: etree.fromstring(view["arch"]) for kind, view in found["views"].items()}
            for _view, kind in views:
                self.screens += 1
                if kind == "form" and (record or is_new):
                    self._show_form(env[model].browse(record), archs[kind], way)
                elif kind in ("list", "kanban"):
                    self._show_rows(env[model], archs[kind], action, way)

    def _show_rows(self, model, arch, action, way):
        domain = self._evaluated(action.get("domain"), {}) or []
        shown = model.web_search_read(Domain(domain), specification(model, arch), limit=80)
        for values in shown["records"][:ROWS] if len(way) < CLICKS else ():
            self._queue.append(({**action, "res_id": values["id"]}, way))
        grouped = arch.get("default_group_by")
        if grouped:
            model.web_read_group(Domain(domain), [grouped], ["__count"])
        self._search(model, arch, {}, way)

    def _show_form(self, record, arch, way):
        spec = specification(record, arch)
        if record:
            (values,) = record.web_read(spec)
        else:
            values = record.onchange({}, [], spec)["value"]
        self._talk(record, way)
        values = {"id": record.id, **values}
        visible = [node for node in arch.iter("field", "button", "a") if self._is_visible(node, values)]
        if len(way) >= CLICKS or not self.is_ours(record, None):
            return
        for node in visible:
            if any(up.tag == "field" for up in node.iterancestors()):
                continue
            if node.tag == "field":
                self._follow(record, node, values, way)
            elif node.get("type") in ("object", "action") and record:
                self._press(record, node, values, way)
        self._search(record, arch, values, way)

    def _talk(self, record, way):
        """The conversation beside a form, and what is planned."""
        if record and "message_ids" in record._fields:
            with self._trying((*way, "chatter")):
                record.message_ids.mapped("body")
                record.message_follower_ids.mapped("partner_id.display_name")
        if record and "activity_ids" in record._fields:
            with self._trying((*way, "activities")):
                record.activity_ids.read(["summary", "display_name", "can_write"])

    def _search(self, model, arch, values, way):
        """What can be chosen in the fields of a form that may be filled in."""
        for node in arch.xpath(".//field[not(ancestor::field)]"):
            field = model._fields.get(node.get("name"))
            if field is None or field.type != "many2one" or node.get("readonly") in TRUE or arch.tag != "form":
                continue
            if arch.get("edit", "1") in FALSE or not self._is_visible(node, values):
                continue
            with self._trying((*way, f"{field.name} …")):
                if not self._evaluated(node.get("readonly"), values):
                    domain = self._evaluated(node.get("domain"), values) or []
                    model.env[field.comodel_name].name_search("", domain, limit=8)

    def _follow(self, record, node, values, way):
        """The links of a form: the record behind a name, the rows of a list."""
        field, value = record._fields.get(node.get("name")), values.get(node.get("name"))
        if field is None or not value or not field.relational or evaluated(node.get("options"), {}).get("no_open"):
            return
        comodel, step = record.env[field.comodel_name], (*way, field.name)
        if field.type == "many2one":
            if node.get("widget") in LINKS and isinstance(value, dict):
                with self._trying(step):
                    self._queue.append((comodel.browse(value["id"]).get_formview_action(), step))
        elif node.get("widget") not in NO_ROWS:
            self._follow_rows(comodel.browse(_plain(value)[:ROWS]), node, SimpleNamespace(**values), step)

    def _follow_rows(self, rows, node, parent, way):
        """What a click on a row opens, and its buttons."""
        shown = [child for child in node if child.tag in ("list", "kanban")]
        buttons = {one.get("name"): one for one in node.iter("button", "a") if one.get("type") == "object"}
        buttons |= {
            one.get("action"): etree.Element("button", name=one.get("action")) for one in shown if one.get("action")
        }
        opens = shown and shown[0].get("no_open") not in TRUE and not shown[0].get("action")
        for row in rows:
            if opens:
                self._queue.append(({"res_model": row._name, "res_id": row.id, "views": [(False, "form")]}, way))
            for button in buttons.values():
                self._press(row, button, {"parent": parent}, way)

    def _press(self, record, node, values, way):
        """Press a button, follow where it leads, and take back what it did."""
        name = node.get("name")
        key = (record._name, record.id, name)
        if key in self.pressed or node.get("special") or not self.is_ours(record, name):
            return
        self.pressed.add(key)
        way = (*way, f"[{name}]")
        self._begin_request()
        with self._trying(way, may_refuse=True):
            context = self._evaluated(node.get("context"), values) or {}
            record = record.with_context(**context)
            if node.get("type") == "action":
                action = self.env["ir.actions.act_window"].sudo().browse(int(name)) if name.isdecimal() else None
                result = action._get_action_dict() if action and action.exists() else None
                result = result and {**result, "context": {"active_id": record.id, "active_ids": record.ids, **context}}
            else:
                result = getattr(record, name)()
            waiting, self._queue = self._queue, deque()
            if result:
                self._queue.append((result, way))
            self.walk()
            self._queue = waiting
            raise TakeBackError

    def _begin_request(self):
        """Forget what earlier requests have read, with whatever rights."""
        self.env.flush_all()
        self.env.invalidate_all()

    # -- Expressions of views ------------------------------------------------------------------------------------

    def _evaluated(self, expression, values):
        return evaluated(expression, values, self.env)

    def _is_visible(self, node, values):
        while node is not None:
            if self._evaluated(node.get("invisible"), values):
                return False
            node = node.getparent()
        return True

    @contextmanager
    def _trying(self, way, *, may_refuse=False):
        """Note what fails.

        :param may_refuse: whether a plain sentence may say why something cannot be done
        """
        try:
            with self.savepoint():
                yield
        except TakeBackError:
            return
        except Exception as error:  # whatever it is, somebody would see it
            if may_refuse and isinstance(error, UserError) and not isinstance(error, AccessError):
                return
            place = f"{' > '.join(way)} ({_place(error)})"
            self.complaints.setdefault(f"{type(error).__name__}: {error}".strip(), place)


def evaluated(expression, values, env=None):
    """An expression of a view, as the web client understands it: of records it knows the ids. What cannot be known is empty."""
    if not isinstance(expression, str):
        return expression or {}
    names = {name: _plain(value) for name, value in values.items()}
    if env is not None:
        names |= {"uid": env.uid, "context": dict(env.context), "allowed_company_ids": env.companies.ids}
        names |= {"active_id": values.get("id"), "active_ids": [values.get("id")], "current_date": str(Date.today())}
    try:
        return safe_eval(expression, {**names, "true": True, "false": False})
    except ValueError:
        return {}


def _plain(value):
    """A value as expressions see it."""
    if isinstance(value, SimpleNamespace):
        return SimpleNamespace(**{name: _plain(one) for name, one in vars(value).items()})
    if isinstance(value, dict) and "id" in value:
        return value["id"]
    if isinstance(value, list):
        # what an onchange says of rows are commands, with the id in the second place
        return [one[1] if isinstance(one, (list, tuple)) else _plain(one) for one in value]
    return value


def _place(error):
    """Where in the add-ons something has failed."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "addons" in frame.filename]
    frames = [frame for frame in frames if "/tests/" not in frame.filename and "/web/" not in frame.filename]
    return (
        ", ".join(f"{frame.filename.rpartition('addons/')[2]}:{frame.lineno}" for frame in frames[-2:]) or "the views"
    )


def specification(model, arch):
    """What the web client reads to show a view: each field of it, of what a field refers to its name, of rows their columns."""
    found = {}
    for node in arch.xpath(".//field[not(ancestor::field)]"):
        name = node.get("name")
        field = model._fields.get(name)
        if field is None:
            continue
        inner = [child for child in node if child.tag in ("list", "kanban")]
        if field.type in ("one2many", "many2many"):
            comodel = model.env[field.comodel_name]
            columns = {}
            for view in inner:
                columns |= specification(comodel, etree.fromstring(etree.tostring(view)))
            if not inner and field.type == "many2many":
                columns = {"display_name": {}}
            found[name] = {"fields": columns, "limit": 40} if columns else {}
        elif field.type in ("many2one", "reference", "many2one_reference"):
            found[name] = {"fields": {"display_name": {}}} if field.type != "many2one_reference" else {}
        else:
            found[name] = {}
    return found
