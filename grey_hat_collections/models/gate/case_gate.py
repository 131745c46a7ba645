from collections import Counter
from dataclasses import replace

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.decision import Reason
from ...engine.gate import Mode
from ..base.odd_json import as_dict
from ..ledger.account_key import account_key

OUR_SIDE_XMLID = "grey_hat_collections.mail_activity_type_our_side"

#: How a check is marked: the icon beside its words, and their colour.
MARKS = {
    "stop": ("fa-hand-paper-o", "text-danger"),
    "warn": ("fa-exclamation-triangle", "text-warning-emphasis"),
    "fine": ("fa-check-circle", "text-success"),
    "off": ("fa-circle-o", "text-muted"),
    "missing": ("fa-times-circle", "text-danger"),
}


class CollectionCase(models.Model):
    """Is it us? What stops a letter to this customer, who puts it right, and what the form shows of it."""

    _inherit = "collection.case"

    gate_mark = fields.Selection(
        [("fine", "OK"), ("warn", "Warning"), ("stop", "Blocker")],
        string="Our Side",
        compute="_compute_gate",
        help="The most serious finding on our side.",
    )
    gate_summary = fields.Char(compute="_compute_gate", help="What was found on our side.")
    gate_report = fields.Html(
        string="Checks",
        compute="_compute_gate",
        sanitize=False,
        help="What was checked on our side before a letter is sent, and what was found.",
    )

    # -- Before a letter -----------------------------------------------------------------------------------------

    def _findings_before_letters(self, standings, items):
        """The findings that stop the next letter, by case id: about what waits for a letter. Cases of which nothing does are not
        looked at.

        :param standings: where what is asked for stands, by case id; see :meth:`_ladder_items`
        :param items: the open items by account
        """
        keys, wanted = {}, set()
        for case in self:
            if case.state != "open" or not case.policy_id or case.pending_step_id._is_outside():
                continue
            policy = case.policy_id._to_engine()
            waiting = [one.item for one in standings[case.id] if getattr(policy.following(one.step), "letter", False)]
            if waiting:
                keys[case.id] = account_key(case)
                wanted.update(waiting)
        stops = self.env["collection.gate"]._stops(
            keys.values(), lambda item: item.chased > 0 and item.id in wanted, items
        )
        return {
            case_id: tuple(self._about_items(finding, found, items[key]) for finding, found in stops[key].items())
            for case_id, key in keys.items()
            if key in stops
        }

    def _wrong_among(self, item_ids):
        """Those of these open items of these cases about whose invoices something is to be put right on our side first."""
        if not item_ids:
            return set()
        items = self._open_items_read()
        stops = self.env["collection.gate"]._stops(
            {account_key(case) for case in self}, lambda item: item.id in item_ids, items
        )
        findings = [
            self._about_items(finding, found, items[key])
            for key, of_key in stops.items()
            for finding, found in of_key.items()
        ]
        return {item_id for one in findings for item_id in one.items or () if item_id in item_ids}

    @api.model
    def _about_items(self, finding, found, items):
        """``finding``, and which of these open items it is about: those of the invoices that were found; else all."""
        moves = {one.record.id for one in found if one.record and one.record._name == "account.move"}
        concerned = tuple(item.id for item in items if item.residual > 0 and item.move_id in moves)
        return replace(finding, items=concerned) if concerned else finding

    @api.model
    def _waiting_for_us(self, companies, partners):
        """The cases of these customers that wait until our side is put right."""
        return self.search([("decision_code", "=", Reason.OUR_SIDE.value), *self._scope(companies, partners)])

    def _finding_sentence(self):
        """What the decision has found on our side, in the language of the reader."""
        details = as_dict(self.decision_details)
        check, subject, count = (details.get(name) for name in ("check", "subject", "count"))
        if not isinstance(check, str):
            return ""
        subject = subject if isinstance(subject, str) else ""
        return self.env["collection.gate"]._sentence(check, subject, count if isinstance(count, int) else 1)

    # -- Who puts it right ---------------------------------------------------------------------------------------

    def _asked_of_our_side(self):
        """The activities that ask somebody to put our side right for these cases, on whatever record they are."""
        activities = self.env["mail.activity"].sudo()  # asked for and withdrawn by the rules
        return activities.search(
            [
                ("collection_asked", "=", True),
                ("collection_case_id", "in", self.ids),
                ("collection_check", "!=", False),
            ]
        )

    @api.model
    def _domain_asked_of_us(self):
        """Cases for which somebody is asked to put our side right: whether that still holds is seen every day."""

        def to_sql(model, alias, _query):
            model.env["mail.activity"].flush_model(
                ["active", "collection_asked", "collection_case_id", "collection_check"]
            )
            return SQL(
                """EXISTS (SELECT FROM mail_activity activity
                            WHERE activity.collection_case_id = %s AND activity.collection_check IS NOT NULL
                              AND activity.active AND activity.collection_asked)""",
                SQL.identifier(alias, "id"),
            )

        return Domain.custom(to_sql=to_sql)

    def _ask_our_side(self):
        """Ask the right person about each finding that stops a letter that is due, once for a case and a check; take back
        what was asked where the finding has gone.
        """
        asked = self._asked_of_our_side()
        stopped = self.filtered(lambda case: case.state == "open" and case.decision_code == Reason.OUR_SIDE.value)
        cases = stopped | asked.collection_case_id
        if not cases:
            return
        stops = self.env["collection.gate"]._stops([account_key(case) for case in cases])
        found = {
            (case, finding.check): (finding, records)
            for case in cases
            for finding, records in stops.get(account_key(case), {}).items()
        }
        gone = asked.filtered(lambda activity: (activity.collection_case_id, activity.collection_check) not in found)
        gone.unlink()
        known = {(activity.collection_case_id, activity.collection_check) for activity in asked - gone}
        to_ask = {
            (case, check): one
            for (case, check), one in found.items()
            if case in stopped and (case, check) not in known and not self._is_asked_already(check, one[1])
        }
        activity_type = self.env.ref(OUR_SIDE_XMLID)
        accounting = {
            company: company._collection_accountant() | company._collection_reviewer() for company in stopped.company_id
        }
        activities = self.env["mail.activity"].sudo()  # see _asked_of_our_side
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {"activity_type_id": activity_type.id, **case._our_side_activity(finding, records, accounting)}
                for (case, check), (finding, records) in self._once_for_house(to_ask).items()
            ]
        )

    @api.model
    def _once_for_house(self, to_ask):
        """Of what is to be asked: of a check about the whole house, one question for each company, and none where it is asked
        already. A thousand letters that wait for one bank account are one thing to do.

        :param dict to_ask: something by (case, code of the check)
        """
        checks = self.env["collection.gate"]._checks()
        of_house = {(case, code) for case, code in to_ask if checks[code].of_house}
        if not of_house:
            return to_ask
        activities = self.env["mail.activity"].sudo()  # see _asked_of_our_side
        asked = activities.search(
            [
                ("collection_asked", "=", True),
                ("collection_check", "in", list({code for _case, code in of_house})),
                ("collection_case_id.company_id", "in", [case.company_id.id for case, _code in of_house]),
            ]
        )
        known = {(one.collection_case_id.company_id, one.collection_check) for one in asked}
        kept = {}
        for (case, code), one in to_ask.items():
            if (case, code) in of_house:
                if (case.company_id, code) in known:
                    continue
                known.add((case.company_id, code))
            kept[case, code] = one
        return kept

    @api.model
    def _is_asked_already(self, check, found):
        """Whether the owner of what was found is asked for it there anyway, with an answer or a word to keep."""
        owned = self.env["collection.gate"]._checks()[check].asks == "owner"
        record = found[0].record
        return bool(owned and record and record.user_id.active and record._asked())

    def _our_side_activity(self, finding, found, accounting):
        """What to ask whom about ``finding``; on the case, or on the record where its owner may not know the case.

        :param accounting: the users who do what only accounting can do, by company
        """
        self.ensure_one()
        record, user = self._who_puts_right(finding.check, found[0].record, accounting[self.company_id])
        gate = self.env["collection.gate"].with_context(lang=user.lang or self.env.lang)
        return {
            "res_model_id": self.env["ir.model"]._get_id(record._name),
            "res_id": record.id,
            "date_deadline": self.company_id._collection_today(),
            "automated": True,
            "collection_asked": True,
            "summary": gate._sentence(finding.check, finding.subject, finding.count),
            "user_id": user.id,
            "collection_check": finding.check,
            "collection_case_id": self.id,
        }

    def _who_puts_right(self, check, record, accounting):
        """Where to ask, and whom: the first who can put it right and may read the case; else its collector.

        :return: (record, user)
        """
        asks = self.env["collection.gate"]._checks()[check].asks
        if asks == "owner" and record and record.user_id.active:
            return record, record.user_id
        candidates = self.env["res.users"]
        if asks == "salesperson" and record:
            candidates = record.invoice_user_id
        elif asks == "accounting":
            candidates = accounting
        elif asks == "manager":
            candidates = self.company_id._collection_reviewer()
        return self, next((user for user in candidates if self._may_be_read_by(user)), self.user_id)

    # -- On the form ---------------------------------------------------------------------------------------------

    @api.depends("balance", "amount_chased", "decision_code", "decision_details", "state")
    @api.depends_context("lang")
    def _compute_gate(self):
        gate = self.env["collection.gate"]
        checks = gate._checks()
        looked_at = self.filtered(lambda case: case.state != "closed")
        looked = gate._look([account_key(case) for case in looked_at])
        modes = {company: gate._modes(company) for company in self.company_id}
        for case in self:
            rows = []
            for code, check in checks.items() if case in looked_at else ():
                found = looked[code].get(account_key(case), ())
                mode = modes[case.company_id][code]
                mark = mode if found or mode == Mode.OFF.value else "fine"
                text = gate._sentence(code, found[0].name, len(found)) if found else check.fine
                if mode == Mode.OFF.value:
                    text = self.env._("The company has switched this check off.")
                rows.append((mark, check.label, text))
            marks = Counter(mark for mark, _label, _text in rows)
            case.gate_mark = next((mark for mark in ("stop", "warn") if marks[mark]), "fine")
            case.gate_summary = case._gate_summary(marks)
            case.gate_report = case._gate_page(rows)

    def _gate_summary(self, marks):
        """How much was found on our side, in a few words; nothing when all is fine."""
        _ = self.env._
        stops, warns = marks["stop"], marks["warn"]
        parts = [
            *([_("1 blocker") if stops == 1 else _("%s blockers", stops)] if stops else ()),
            *([_("1 warning") if warns == 1 else _("%s warnings", warns)] if warns else ()),
        ]
        return ", ".join(parts) or False

    def _gate_page(self, rows):
        """The checks as a list: what each is marked with, and what it says."""
        words = {**dict(self._fields["gate_mark"]._description_selection(self.env)), "off": self.env._("Not checked")}
        return self._marked_list([(mark, words[mark], label, text) for mark, label, text in rows])

    @api.model
    def _marked_list(self, rows):
        """Rows as a list: an icon, the mark in words, what it is about and what there is to say. All of it is escaped.

        :param rows: mark (of :data:`MARKS`), the word for it, label, text of each
        """
        line = Markup(
            "<li class='d-flex flex-wrap align-items-baseline column-gap-2 py-1 border-bottom' data-mark='%s'>"
            "<span class='%s fw-bold o_collection_mark'><i class='fa fa-fw %s me-1' aria-hidden='true'></i>%s</span>"
            "<span class='o_collection_check text-muted'>%s</span><span class='o_collection_found'>%s</span></li>"
        )
        lines = [line % (mark, MARKS[mark][1], MARKS[mark][0], word, label, text) for mark, word, label, text in rows]
        return (
            Markup("<ul class='list-unstyled o_collection_gate mb-0'>%s</ul>") % Markup().join(lines)
            if lines
            else False
        )
