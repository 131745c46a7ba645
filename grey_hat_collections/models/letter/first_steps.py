from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

#: A company with so many cases has begun, whatever waits.
MANY = 50
ONBOARDING = "grey_hat_collections.onboarding_first_steps"
#: What is opened where it is there: a letter on any customer, and the letters that wait until somebody approves of them.
PREVIEW = "grey_hat_collections.collection_letter_preview_action"
TO_APPROVE = "grey_hat_collections.collection_letter_action_to_approve"
MANAGER = "grey_hat_collections.group_manager"
COLLECTOR = "grey_hat_collections.group_collector"
#: How many people a step names.
NAMED = 3


class CollectionCase(models.Model):
    """The steps of a first day, and the start. What Odoo keeps of them (:mod:`onboarding`) is which were looked at, and whether
    somebody has closed them, for each company; what can be seen in the data is looked for there.
    """

    _inherit = "collection.case"

    # -- What the board asks -------------------------------------------------------------------------------------

    @api.model
    @api.readonly
    def first_steps(self):
        """The steps that lead to the first case of the user's company; nothing for whoever does not decide on them, and where
        they are closed, or collections have begun.

        :rtype: dict
        """
        self.check_access("read")
        company, onboarding = self.env.company, self._first_steps()
        if not self.env.user.has_group(MANAGER) or not onboarding or onboarding.is_onboarding_closed:
            return {}
        found = self._overdue_without_case(company)
        if self._has_begun_in(company, found):
            return {}
        told = any(count for count, _amount in found.get(company.id, {}).values())
        steps = [
            step._collection_told() for step in onboarding.step_ids.sorted("sequence") if step._collection_is_there()
        ]
        words = self._empty_in_words(found) if told else {"title": self.env._("No overdue amounts yet"), "lines": []}
        if told and found[company.id]["waiting"][0]:
            words["lines"][0] = self.env._(
                "They have no case yet. Look at these steps, then start; the daily run of tomorrow morning would start it, too."
            )
        return {**words, "company_id": company.id, "steps": steps}

    @api.model
    def open_first_step(self, code):
        """Open a step; what cannot be seen in the data counts as done once it was looked at.

        :param str code: of a button of :meth:`first_steps`
        :return: an action
        """
        self._check_decides_on_steps()
        onboarding = self._first_steps()
        buttons = {
            button["code"]: step for step in onboarding.step_ids for button in step._collection_told()["buttons"]
        }
        if not isinstance(code, str) or code not in buttons:
            raise UserError(self.env._("This step is not there any more. Reload the page."))
        step = buttons[code]
        action = getattr(step.sudo(False), f"_collection_open_{code}")()
        if step._collection_code() != "start":
            step.action_set_just_done()
        return action

    @api.model
    def close_first_steps(self, company_id):
        """Do not show the steps of this company any more; the settings bring them back.

        :param company_id: the company whose steps were shown; in another window the user may have changed to another
        """
        self._check_decides_on_steps()
        if company_id != self.env.company.id:
            raise UserError(self.env._("You have changed to another company meanwhile. Reload the page."))
        if onboarding := self._first_steps():
            onboarding._search_or_create_progress()
            onboarding.action_close()
        return True

    @api.model
    def _check_decides_on_steps(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a collections manager can set up collections. Ask one to start."))

    @api.model
    def _first_steps(self):
        """The steps as Odoo keeps them, in superuser mode: managers have no right on what is the administrator's."""
        onboarding = self.env.ref(ONBOARDING, raise_if_not_found=False) or self.env["onboarding.onboarding"]
        return onboarding.sudo()

    @api.model
    def _may_have_first_steps(self):
        """Whether there may be steps to show to this user, in whichever company; asked when the page is loaded."""
        if not self.env.user.has_group(MANAGER):
            return False
        companies = self.env.user.company_ids
        # sudo: how many cases there are; whoever decides on steps sees them all anyway
        counts = self.sudo()._read_group([("company_id", "in", companies.ids)], ["company_id"], ["__count"])
        known = dict(counts)
        return any(known.get(company, 0) < MANY for company in companies)

    @api.model
    def _has_begun_in(self, company, found):
        """Whether collections of ``company`` have begun: what is booked opens a case now and then before anybody has started.

        :param found: see :meth:`_overdue_without_case`
        """
        # sudo: how many cases there are, whoever's they are
        count = self.sudo().search_count([("company_id", "=", company.id)], limit=MANY)
        return bool(count) and (count >= MANY or found.get(company.id, {}).get("waiting", (0, 0))[0] <= count)

    # -- The start -----------------------------------------------------------------------------------------------

    @api.model
    def _start_collections(self):
        """Run now, and say what came of it."""
        self._check_decides_on_steps()
        company = self.env.company
        # sudo: the run is the house's
        last = self.sudo().search([], order="id desc", limit=1).id or 0
        self.env.ref("grey_hat_collections.ir_cron_daily_run").sudo().method_direct_trigger()
        # what the run has committed is seen by a transaction that begins now
        with self.env.registry.cursor() as cr:
            now = self.with_env(self.env(cr=cr))
            opened = now.sudo().search([("id", ">", last), ("company_id", "=", company.id)])
            message, link = now._what_came(opened, company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Collections have started"),
                "message": message,
                "links": [link] if link else [],
                "sticky": True,
                "next": self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_case_action")
                | {"target": "main"},
            },
        }

    @api.model
    def _what_came(self, opened, company):
        """A sentence about what the first run has done; what stands for a link in it is ``%s``.

        :return: the sentence, and a link to the letters, if there are any
        """
        _ = self.env._
        cases = _("1 case opened") if len(opened) == 1 else _("%s cases opened", len(opened))
        letters = self.env["collection.letter"]
        if action := self.env.ref(TO_APPROVE, raise_if_not_found=False):
            domain = safe_eval(action.sudo().domain or "[]", {"uid": self.env.uid})
            if waiting := letters.search_count([*domain, ("company_id", "=", company.id)]):
                said = (
                    _("1 letter waits for your approval")
                    if waiting == 1
                    else _("%s letters wait for your approval", waiting)
                )
                return f"{cases}; {said}. %s", _link(_("Read and approve"), TO_APPROVE)
        # what cannot be delivered waits for an address
        deliverable = [("state", "=", "queued"), ("delivery_note", "!=", "nowhere")]
        queued = letters.search_count([("case_id", "in", opened.ids), *deliverable])
        if not queued:
            return f"{cases}.", None
        said = (
            _("1 letter goes out at the next permitted hour")
            if queued == 1
            else _("%s letters go out at the next permitted hours", queued)
        )
        return f"{cases}; {said}. %s", _link(_("See the letters"), "grey_hat_collections.collection_letter_action")

    @api.model
    def _overdue_longest(self, company):
        """The customer of ``company`` with the oldest item that is chased."""
        ledger = self.env["collection.ledger"].sudo()  # who reads letters may see any customer of them
        ledger._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id FROM (%s) figures
                    WHERE amount_chased > %s
                 ORDER BY oldest_due_date, amount_chased DESC, partner_id LIMIT 1""",
                ledger._query_figures(company),
                company.collection_min_amount,
            )
        )
        return self.env["res.partner"].browse(row[0] for row in rows)


def _link(label, xmlid):
    return {"label": label, "url": f"/odoo/action-{xmlid}"}


class OnboardingStep(models.Model):
    """What is behind each step: whether it is done, what there is to say of it, what it opens. All of it about the company that
    the user works for.
    """

    _inherit = "onboarding.onboarding.step"

    def _collection_code(self):
        return self.panel_step_open_action_name.removeprefix("_collection_open_")

    def _collection_is_there(self):
        """A letter is looked at where its preview is installed."""
        return self._collection_code() != "letter" or bool(self.env.ref(PREVIEW, raise_if_not_found=False))

    def _collection_told(self):
        """What the panel says of this step. Needs superuser mode: steps are the administrator's."""
        self.ensure_one()
        code = self._collection_code()
        told = {"text": self.description, "warning": "", "done": self.current_step_state != "not_done"}
        told |= getattr(self, f"_collection_look_{code}", dict)()
        return {
            "id": self.id,
            "code": code,
            "title": self.title,
            "buttons": [{"code": code, "label": self.button_text}],
            **told,
        }

    # -- What is so ----------------------------------------------------------------------------------------------

    def _collection_look_bank(self):
        company = self.env.company
        accounts = company._collection_bank_accounts()
        said = {"done": bool(accounts)}
        if accounts:
            said["text"] = self.env._("Customers pay into %s.", accounts[0].acc_number)
        elif company.collection_gate_no_bank == "stop":
            said["warning"] = self.env._("No bank account is on file: letters that ask for money are held.")
        if company.uses_default_logo and not said.get("warning"):
            said["warning"] = self.env._("The company has no logo yet: letters leave without yours.")
        return said

    def _collection_look_policy(self):
        company = self.env.company
        policy, first = company.collection_policy_id, company.collection_first_policy_id
        if not policy:
            return {"warning": self.env._("No policy is chosen: cases would wait without a next step."), "done": False}
        if first and first != policy:
            return {
                "text": self.env._(
                    "“%(first)s” for first cases, then “%(policy)s” with %(steps)s steps.",
                    first=first.name,
                    policy=policy.name,
                    steps=len(policy.step_ids),
                )
            }
        return {
            "text": self.env._("“%(policy)s” with %(steps)s steps.", policy=policy.name, steps=len(policy.step_ids))
        }

    def _collection_look_people(self):
        company = self.env.company
        people = company._collection_people(COLLECTOR).sorted(
            lambda user: (user != company.collection_user_id, user.id)
        )
        if not people:
            return {
                "warning": self.env._("Nobody has the role of a collector: cases would belong to nobody."),
                "done": False,
            }
        names = ", ".join(people[:NAMED].mapped("name"))
        if len(people) > NAMED:
            names = self.env._("%(names)s and %(more)s more", names=names, more=len(people) - NAMED)
        said = {"text": self.env._("Cases go to %s.", names)}
        if company.collection_user_id or people - self.env.ref("base.user_admin", raise_if_not_found=False):
            said["done"] = True
        return said

    def _collection_look_hours(self):
        company = self.env.company
        leaves = company.resource_calendar_id.global_leave_ids
        ahead = len(leaves.filtered(lambda leave: leave.date_to >= fields.Datetime.now()))
        said = {
            "text": self.env._(
                "Letters and calls from %(start)s to %(end)s; public holidays ahead: %(holidays)s.",
                start=_clock(company.collection_hour_from),
                end=_clock(company.collection_hour_to),
                holidays=ahead,
            ),
            "buttons": [{"code": "holidays", "label": self.env._("Holidays")}],
        }
        if self.env.user.has_group("base.group_system"):
            said["buttons"].insert(0, {"code": "hours", "label": self.env._("Hours")})
        if not ahead:
            said["warning"] = self.env._("No public holidays are entered: letters would go out on them.")
        return said | ({"done": True} if ahead else {})

    # -- What it opens -------------------------------------------------------------------------------------------

    def _collection_open_bank(self):
        company = self.env.company
        if company.sudo()._collection_bank_accounts():
            if company.uses_default_logo and company.has_access("write"):
                return self.action_open_step_base_document_layout()
            return company._collection_open_bank_accounts()
        # the dialog of accounting makes a journal as well
        if self.env.user.has_group("account.group_account_manager"):
            return company.setting_init_bank_account_action()
        return company._collection_open_bank_accounts()

    def _collection_open_policy(self):
        policy = self.env.company.collection_policy_id
        if not policy:
            return self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_policy_action")
        return {
            "type": "ir.actions.act_window",
            "name": policy.name,
            "res_model": policy._name,
            "res_id": policy.id,
            "views": [(False, "form")],
        }

    def _collection_open_people(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Collectors"),
            "res_model": "res.users",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("all_group_ids", "in", self.env.ref(COLLECTOR).ids),
                ("company_ids", "in", self.env.company.ids),
                ("share", "=", False),
            ],
        }

    def _collection_open_hours(self):
        return self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_settings_action")

    def _collection_open_holidays(self):
        calendar = self.env.company.resource_calendar_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Public Holidays: %s", calendar.name),
            "res_model": "resource.calendar.leaves",
            "views": [(False, "list"), (False, "form")],
            "domain": [("calendar_id", "in", (False, calendar.id)), ("resource_id", "=", False)],
            "context": {"default_calendar_id": calendar.id, "default_company_id": self.env.company.id},
        }

    def _collection_open_letter(self):
        company = self.env.company
        cases = self.env["collection.case"]
        partner = cases._overdue_longest(company)
        policy = cases._choose_policy(partner.with_company(company), company, first=True)
        step = policy.step_ids.filtered("letter_kind")[:1]
        return self.env["ir.actions.act_window"]._for_xml_id(PREVIEW) | {
            "context": {"default_step_id": step.id, "default_partner_id": partner.id}
        }

    def _collection_open_rehearsal(self):
        return self.env["collection.first.run"]._open()

    def _collection_open_start(self):
        return self.env["collection.case"]._start_collections()


def _clock(hour):
    return f"{int(hour)}:{round(hour % 1 * 60):02}"
