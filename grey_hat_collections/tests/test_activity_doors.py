"""Activities are everybody's: on them nobody says what only the rules say, reads what they note, or stands in their way."""

import json
from contextlib import suppress
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import ADDON, SECRET, AccessCommon
from .agency.referral_common import ReferralCommon
from .common import MONDAY, CollectionCommon, days_ago
from .contact.log_contact_common import CALL_DAY, LogContactCommon
from .dispute.dispute_common import DisputeCommon
from .gate.gate_common import GateCommon
from .promise.plan_common import CALL as PROMISE_CALL

KINDS = "grey_hat_collections.mail_activity_type_"
LATEST = date(9999, 12, 31)


@tagged("post_install", "-at_install")
class TestActivityDoors(AccessCommon):
    """Whoever they are, people do not write or read what the rules note. The records that they try are a colleague's."""

    STAFF = ("stranger", "auditor", "collector", "lead", "manager", "accountant", "adviser", "admin")
    EVERYBODY = (*STAFF, "guest", "public")

    def _begin(self):
        super()._begin()
        hidden = self.records["c"]
        self.noted = {
            "collection_asked": True,
            "collection_case_id": hidden["collection.case"].id,
            "collection_check": "dispute_open",
            "collection_call_at": "2026-03-03 13:30:00",
            "collection_note_id": hidden["collection.note"].id,
            "collection_planned_by_id": hidden["collection.note"].id,
            "collection_plan_id": hidden["collection.plan"].id,
            "collection_promise_id": hidden["collection.promise"].id,
            "collection_reason_id": hidden["collection.reason"].id,
            "collection_referral": {"since": "2026-03-02", "topics": ["ready"]},
        }
        self.Activity = self.env["mail.activity"]

    def _each(self, attempt, people=EVERYBODY):
        """``attempt`` as each person with each field of ours: activities as they meet them, its name, its value."""
        for person in people:
            for name, value in self.noted.items():
                with self.subTest(person=person, field=name), self.cr.savepoint(), mute_logger("odoo.orm.models"):
                    attempt(self._as(person, self.Activity), name, value)
                self.env.invalidate_all()

    def _plan(self, person, **values):
        """An activity that is theirs and about nothing."""
        return self.Activity.sudo().create({"summary": "Mine", "user_id": self._user(person).id, **values})

    def test_each_field_of_ours_is_tried(self):
        fields = self.Activity._fields.values()
        self.assertEqual(set(self.noted), {field.name for field in fields if field._modules == (ADDON,)})
        self.assertEqual(set(self.noted), self.Activity._noted_by_the_rules())
        for name in self.noted:
            self.assertFalse(self.Activity._fields[name].copy, name)

    def test_nobody_plans_an_activity_that_says_so(self):
        def plan(activities, name, value):
            with self.assertRaises(AccessError):
                activities.create({"user_id": activities.env.uid, name: value})
            with self.assertRaises(AccessError):
                activities.web_save({"user_id": activities.env.uid, name: value}, {})

        self._each(plan)
        mine = self._as("stranger", self.Activity).create({"user_id": self.stranger.id, "summary": "Mine"})
        self.assertTrue(mine, "one that says nothing is planned by anybody who works here")

    def test_nobody_writes_it_later(self):
        own = {self._user(person): self._plan(person) for person in self.EVERYBODY}

        def write(activities, name, value):
            with self.assertRaises(AccessError):
                own[activities.env.user].with_env(activities.env).write({name: value})

        self._each(write)
        for activity in own.values():
            self.assertFalse(any(activity[name] for name in self.noted))

    def test_no_default_says_it(self):
        def plan(activities, name, value):
            by_default = activities.with_context(**{f"default_{name}": value})
            with suppress(AccessError):  # refused where it names what is out of reach
                self.assertNotIn(name, by_default.default_get([name]))
            with self.assertRaises(AccessError):
                by_default.create({"user_id": activities.env.uid})

        self._each(plan, self.STAFF)
        # what others create in superuser mode in the name of somebody who says so
        said = {f"default_{name}": value for name, value in self.noted.items()}
        self.env["ir.default"].sudo().set("mail.activity", "collection_check", "dispute_open")
        made = self.Activity.with_user(self.stranger).sudo().with_context(**said).create({"user_id": self.stranger.id})
        self.assertFalse(any(made[name] for name in self.noted))

    def test_no_activity_is_moved_to_a_record_out_of_reach(self):
        """It would tell the name of it. By the model alone, where a record of another model has the same number."""
        case = self.noted["collection_case_id"]
        model = self.env["ir.model"]._get_id("collection.case")
        own = self.Activity.with_user(self.stranger).create({"user_id": self.stranger.id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            own.write({"res_model_id": model, "res_id": case})
        self.env.flush_all()
        self.cr.execute(
            "UPDATE mail_activity SET res_model = 'res.partner', res_model_id = %s, res_id = %s WHERE id = %s",
            (self.env["ir.model"]._get_id("res.partner"), case, own.id),
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError), self.cr.savepoint():
            own.write({"res_model_id": model})
        own.write({"summary": "Mine", "res_id": case})

    def test_onchange_answers_nothing(self):
        def ask(activities, name, value):
            spec = {name: {"fields": {"display_name": {}}} if name.endswith("_id") else {}}
            by_default = activities.with_context(**{f"default_{name}": value})
            for values, changed in (({name: value}, [name]), ({}, [])):
                with suppress(AccessError):
                    answer = by_default.onchange(dict(values), changed, spec)
                    self.assertFalse(answer["value"].get(name), "said back, or the name of it")

        self._each(ask, self.STAFF)

    def test_no_import_says_it(self):
        def load(activities, name, value):
            column = f"{name}/.id" if name.endswith("_id") else name
            row = [f"Imported {name}", str(activities.env.uid)]
            answer = activities.load(["summary", "user_id/.id"], [row])
            self.assertTrue(answer["ids"], answer)
            answer = activities.load(
                ["summary", "user_id/.id", column],
                [[*row, json.dumps(value) if isinstance(value, dict) else str(value)]],
            )
            self.assertFalse(answer["ids"], answer)
            self.assertRegex(
                answer["messages"][0]["message"],
                "not allowed to access|not have enough rights to access|'read' access to",
            )

        self._each(load, self.STAFF)

    def test_nobody_reads_it_on_what_they_are_asked(self):
        own = {self._user(person): self._plan(person, **self.noted) for person in self.STAFF}

        def read(activities, name, _value):
            activity = own[activities.env.user].with_env(activities.env)
            self.assertEqual(activity.read(["summary"])[0]["summary"], "Mine")
            self.assertNotIn(name, activities.fields_get())
            for ask in self._ways_to_read(activity, name):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    ask()
            self.assertNotIn(name, activity.read()[0], "all there is to read")

        self._each(read, self.STAFF)

    def _ways_to_read(self, activity, name):
        activities = activity.browse()
        related = name.endswith("_id")
        spec = {name: {"fields": {"display_name": {}}} if related else {}}
        value = self.noted[name] if isinstance(self.noted[name], str) else True
        inside = [(f"{name}.display_name", "ilike", SECRET)] if related else [(name, "=", value)]
        return (
            lambda: activity.read([name]),
            lambda: activity.web_read(spec),
            lambda: activity.mapped(name),
            lambda: activity._export_rows([[name]]),
            lambda: activities.search([(name, "!=", False)]),
            lambda: activities.search([], order=name),
            lambda: activities.search(inside),
            lambda: activities.formatted_read_group([], [name], ["__count"]),
        )

    def test_a_copy_is_nobodys_but_their_own(self):
        for person in self.STAFF:
            copied = self._as(person, self._plan(person, **self.noted)).copy().sudo()
            self.assertEqual(copied.summary, "Mine")
            self.assertFalse(any(copied[name] for name in self.noted))

    # -- What the rules have asked for ---------------------------------------------------------------------------

    def _asked_of(self, person):
        case = self.cases["o"].sudo()
        case._ask(
            lambda case: {
                "activity_type_id": self.env.ref(f"{KINDS}review").id,
                "summary": "Look",
                "user_id": self._user(person).id,
            }
        )
        return self._as(person, case._asked().filtered(lambda one: one.summary == "Look")).sudo(False)

    def test_what_was_asked_stays_what_and_where_it_is(self):
        turned = {
            "activity_type_id": self.env.ref(f"{KINDS}call").id,
            "res_id": self.cases["c"].id,
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_model": "res.partner",
            "date_done": "2026-03-01",
        }
        for person in ("stranger", "collector", "manager"):
            asked = self._asked_of(person)
            for name, value in turned.items():
                with self.subTest(person=person, name=name), self.assertRaises(UserError):
                    asked.write({name: value})
            asked.write({"res_id": asked.res_id, "summary": "Look closely", "date_deadline": self._day(30)})
            self.assertEqual(asked.date_deadline, self._day(30), "put off")
            asked.action_done()
            self.assertFalse(asked.active)

    def test_it_is_handed_over_to_somebody_who_works_here(self):
        asked = self._asked_of("collector")
        self.colleague.active = True
        for user in (self.guest, self.env["res.users"]):
            with self.subTest(user.login), self.assertRaisesRegex(UserError, "someone has to do it"):
                asked.user_id = user
        asked.user_id = self.colleague
        self.assertEqual(asked.user_id, self.colleague)

    def test_a_day_that_nobody_means_is_refused(self):
        kinds = {
            "a type of ours": {"activity_type_id": self.env.ref(f"{KINDS}callback").id},
            "a case": {"activity_type_id": self.env.ref("mail.mail_activity_data_todo").id},
        }
        about = {"res_model_id": self.env["ir.model"]._get_id("collection.case"), "res_id": self.cases["o"].id}
        activities = self._as("collector", self.Activity)
        for words, values in kinds.items():
            for day in (LATEST, date(1, 1, 1), self._day(1097)):
                with (
                    self.subTest(words, day=day),
                    self.assertRaisesRegex(UserError, "more than three years from today. Choose a nearer day"),
                    self.cr.savepoint(),
                ):
                    activities.create({**about, **values, "date_deadline": day})
            mine = activities.create({**about, **values, "date_deadline": self._day(1096)})
            with self.assertRaisesRegex(UserError, "December 31, 9999|12/31/9999"), self.cr.savepoint():
                mine.date_deadline = LATEST
            with self.assertRaisesRegex(UserError, "three years"), self.cr.savepoint():
                self._as("collector", self.cases["o"]).activity_schedule(date_deadline=LATEST, **values)
        elsewhere = activities.create({"user_id": activities.env.uid, "date_deadline": LATEST})
        self.assertEqual(elsewhere.date_deadline, LATEST, "what people plan elsewhere is no business of ours")


@tagged("post_install", "-at_install")
class TestPlantedActivities(CollectionCommon):
    """What somebody has planned by hand, *automated* or not, on any day, decides nothing. A twin tells what would be without."""

    def _plant(self, case, kind, **values):
        planted = self._plan_by_hand(case, kind, **values)
        planted.sudo().write({"automated": True})  # as any module sets it in the user's name
        return planted

    def _answer(self, case):
        return case.decision_code, case.decision_details, case.next_action_date, case.pending_step_id.name, case.state

    def test_each_type_of_ours_is_nothing_without_the_mark(self):
        kinds = (
            self.env["mail.activity.type"]._of_collections().filtered(lambda kind: kind.res_model == self.Case._name)
        )
        self.assertGreater(len(kinds), 10)
        twins = {kind: self._overdue_customers(2) for kind in kinds}
        planted = {}
        for day in (0, 5, 9, 12):
            self._daily_run(self._day(day))
            self._send(self._day(day))
            for kind, (case, twin) in twins.items():
                with self.subTest(kind.name, day=day):
                    self.assertEqual(self._answer(case), self._answer(twin))
                    self.assertEqual(case.reply_unread, twin.reply_unread)
                    self.assertNotIn(case, self.Case.search([("reply_unread", "=", True)]))
                    asked, of_twin = (one._asked().mapped("activity_type_id.name") for one in (case, twin))
                    self.assertEqual(asked, of_twin, "what the rules ask")
            if not planted:
                for kind, (case, _twin) in twins.items():
                    [xmlid] = kind.get_external_id().values()
                    with self._on(MONDAY, "15:00"):
                        planted[case] = self._plant(case, xmlid, date_deadline=MONDAY)
                    self.assertNotIn(planted[case], case.with_user(self.collector)._activities_of_contact())
        with self._on(self._day(12), "16:00"):
            for activity in planted.values():
                activity.with_user(self.collector).action_done()
            self.env.flush_all()
        for kind, (case, twin) in twins.items():
            with self.subTest(kind.name, day="done"):
                self.assertEqual(self._answer(case)[0::3], self._answer(twin)[0::3])

    def test_closing_leaves_what_people_have_planned(self):
        case = self._overdue_customer()
        planted = self._plant(case, f"{KINDS}callback", date_deadline=MONDAY)
        self._daily_run(MONDAY)
        self._customer_pays(case, day=self._day(1))
        self.assertEqual((case.state, planted.exists()), ("closed", planted))

    def test_a_promise_that_was_missed_is_asked_about_all_the_same(self):
        case = self._overdue_customer()
        with self._on(MONDAY):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": case.id, "amount": 500, "date_promised": self._day(1)}
            )
        self._plant(case, PROMISE_CALL, date_deadline=MONDAY)
        for day in range(1, 9):
            self._daily_run(self._day(day))
        self.assertEqual(len(case._asked(PROMISE_CALL)), 1)
        self.assertEqual(case.decision_code, "promise_missed")


@tagged("post_install", "-at_install")
class TestPlantedOnManagers(LogContactCommon):
    """What is asked of a manager or of a caller is asked, whatever was planted."""

    def test_a_refusal_reaches_the_manager(self):
        self._plan_by_hand(self.case, f"{KINDS}review", user_id=self.manager.id).sudo().automated = True
        self._log("refuses", note="Never")
        self.assertEqual(self.case.sudo()._asked(f"{KINDS}review").user_id, self.manager)

    def test_a_number_is_looked_for_and_what_people_planned_stays(self):
        planted = self._plan_by_hand(self.case, f"{KINDS}number")
        self._log("wrong_number")
        self.assertEqual(len(self.case.sudo()._asked(f"{KINDS}number")), 1)
        self.assertTrue(planted.exists())


@tagged("post_install", "-at_install")
class TestPlantedReviews(ReferralCommon):
    """A manager is asked about an agency, whatever was planted, and whatever its JSON says."""

    def test_a_planted_review_answers_nothing(self):
        case = self._account()
        planted = self._plan_by_hand(case, f"{KINDS}agency_review", summary="Nothing to see")
        planted.sudo().automated = True
        self._thresholds()
        self.assertEqual(case._asked(f"{KINDS}agency_review").user_id, self.manager)
        self.assertEqual(planted.summary, "Nothing to see")

    def test_what_cannot_be_read_was_not_answered(self):
        odd = [
            {"since": "2026-03-02"},
            {"since": "2026-03-02", "topics": None},
            {"since": "2026-03-02", "topics": [{}, ["ready"], 7]},
            {"since": ["2026-03-02"], "topics": "ready"},
            [1, 2],
            "ready",
            5,
        ]
        cases = [self._account(f"Odd {number}") for number, _one in enumerate(odd)]
        self._thresholds()
        for case, referral in zip(cases, odd, strict=True):
            asked = case._asked(f"{KINDS}agency_review")
            asked.collection_referral = referral
            asked.active = False
            case.sudo().referral_look_date = False
        self._thresholds(self._day(1))
        for case, referral in zip(cases, odd, strict=True):
            with self.subTest(referral):
                self.assertEqual(len(case._asked(f"{KINDS}agency_review")), 1, "asked again")
                self.assertEqual(case.referral_status, "ready")
                self.assertFalse(case._asked(f"{KINDS}review"), "nothing failed")


@tagged("post_install", "-at_install")
class TestPuttingOurSideRight(DisputeCommon, GateCommon):
    """Nobody silences the question to put our side right."""

    def _begin(self):
        super()._begin()
        self.company.collection_gate_dispute_open = "off"
        self.case = self._overdue_customer()
        self.case.partner_id.invoice_ids.invoice_user_id = self.manager

    def _asked(self):
        self.env.invalidate_all()
        return self.case._asked_of_our_side()

    def test_it_is_asked_again_whatever_somebody_does_to_it(self):
        self._daily_run(MONDAY)
        silence = {
            "deleted": lambda asked: asked.unlink(),
            "archived": lambda asked: asked.action_archive(),
            "done, and nothing was": lambda asked: asked.action_done(),
        }
        for number, (words, act) in enumerate(silence.items(), 1):
            with self.subTest(words):
                asked = self._asked()
                self.assertEqual(asked.collection_check, "not_sent")
                with self._on(self._day(number - 1), "15:00"):
                    act(asked.with_user(self.manager))
                    self.env.flush_all()
                self.assertFalse(self._asked())
                self._daily_run(self._day(number))
                self.assertEqual(len(self._asked()), 1)

    def test_a_colleague_who_may_not_read_the_case_does_it(self):
        self.case.partner_id.invoice_ids.invoice_user_id = self.accountant
        self._daily_run(MONDAY)
        asked = self._asked()
        with self._on(MONDAY, "15:00"):
            asked.user_id = self.stranger
            mine = self.env["mail.activity"].with_user(self.stranger).search([("user_id", "=", self.stranger.id)])
            self.assertEqual(mine, asked)
            self.assertTrue(mine.web_read({"summary": {}, "date_deadline": {}, "res_name": {}})[0]["summary"])
            mine.action_done()
        self.assertFalse(asked.active)

    def test_what_the_owner_plans_on_a_dispute_is_no_answer_to_it(self):
        item = self._items(self.case.partner_id.invoice_ids).filtered(lambda line: line.balance > 0)
        self.case.partner_id.invoice_ids.is_move_sent = True
        with self._on(days_ago(5)):
            dispute = self._raise(
                self.case,
                {item: 50},
                user_id=self.manager.id,
                commitment="Send the two boxes",
                commitment_date=days_ago(1),
            )
            dispute.sudo()._asked().with_user(self.manager).action_done()
            self._plan_by_hand(
                dispute, f"{KINDS}commitment", user_id=self.manager.id, date_deadline=self._day(900)
            ).sudo().automated = True
        self._daily_run(MONDAY)
        self.assertEqual((self.case.decision_code, self._asked().collection_check), ("our_side", "commitment_overdue"))


@tagged("post_install", "-at_install")
class TestMarksOnUpgrade(LogContactCommon):
    """An installation from before the rules had a mark of their own: Acme's call waits, and was asked for by the rules."""

    def _migrate(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_activity SET collection_asked = NULL")
        self._upgrade("19.0.1.5.0", "post-migration", "19.0.1.4.0")

    def test_what_the_rules_have_asked_is_theirs(self):
        planted = self._plan_by_hand(self.case, f"{KINDS}call")
        self.call.sudo().date_deadline = LATEST
        done = self.call.sudo().copy({"active": False, "automated": True})
        self._migrate()
        marked = (self.call | planted | done).sudo()
        self.assertEqual(marked.mapped("collection_asked"), [True, False, True])
        self.assertEqual(self.call.sudo().date_deadline, CALL_DAY, "what nobody can have meant is looked at today")
        self.assertEqual(self.case.sudo()._pending_activities(), self.call.sudo())
        self._log("left_message", next_date=self._day(14))
        self.assertEqual(self.case.step_id.name, "Call")

    def test_what_others_have_noted_goes(self):
        noted = {"collection_case_id": self.case.id, "collection_check": "not_sent", "collection_referral": {}}
        elsewhere = {"res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": self.acme.id}
        planted = self.env["mail.activity"].sudo().create({**elsewhere, **noted, "automated": True})
        promised = self._plan_by_hand(self.case, f"{KINDS}promise").sudo()
        promised.write(noted)
        note = (
            self.env["collection.note"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "outcome": "reached"})
        )
        logged = self._plan_by_hand(self.case, "mail.mail_activity_data_call").sudo()
        logged.write({"collection_note_id": note.id, "active": False})
        planted.collection_note_id = note
        self._migrate()
        for activity in planted | promised:
            self.assertFalse(any(activity[name] for name in activity._noted_by_the_rules()))
        self.assertEqual(logged.collection_note_id, note, "a contact has finished it")
