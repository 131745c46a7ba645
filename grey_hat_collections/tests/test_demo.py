from datetime import timedelta

from odoo.tests import TransactionCase, tagged

from odoo.addons.grey_hat_collections.demo.stories import STORIES

#: Customer and company: state, stage, last step, balance, what is asked for, credits, what is left out, days overdue.
FIGURES = {
    ("Bluebird Bakery", 0): ("open", "Reminder", None, 480, 480, 0, 0, 2),
    ("Cedar & Pine Joinery", 0): ("open", "Call", "Second reminder with statement", 1100, 0, 0, 0, 24),
    ("Millstone Brewing", 0): ("open", "Reminder", "Friendly reminder", 2100, 900, 0, 0, 10),
    ("Tidewater Kayaks", 0): ("open", "Reminder", "Friendly reminder", 650, 650, 250, 0, 12),
    ("Orchard Lane Grocers", 0): ("open", "Reminder", "Friendly reminder", 440, 440, 200, 0, 9),
    ("Summit Trail Outfitters", 0): ("open", "Reminder", None, 420, 420, 0, 0, 6),
    ("Atelier Lumière", 0): ("open", "Call", "Call", 2608.70, 2608.70, 0, 0, 18),
    ("Thistle & Wren Ltd", 0): ("open", "Reminder", "Friendly reminder", 2784.81, 1088.61, 0, 0, 9),
    ("Old Mill Antiques", 0): ("open", "Reminder", "Friendly reminder", 1060, 310, 0, 750, 5),
    ("Prairie Wind Farms", 0): ("open", "Reminder", "Friendly reminder", 360, 360, 200, 0, 11),
    ("Granite State Quarry", 0): ("open", "Last call", "Agency review", 18400, 18400, 0, 0, 120),
    ("Silverline Logistics", 0): ("open", "Call", "Second reminder with statement", 2200, 2200, 0, 0, 26),
    ("Silverline Logistics", 1): ("open", "Reminder", "Friendly reminder", 1900, 1900, 0, 0, 9),
    ("Juniper Health Clinic", 0): ("open", "Reminder", "Friendly reminder", 1275, 675, 0, 0, 10),
    ("Redwood Property Group", 0): ("open", "Call", "Call", 915, 915, 0, 0, 17),
    ("Marlow Piano Tuning", 0): ("open", "Reminder", None, 185, 185, 0, 0, 3),
    ("Fern Hollow Nursery", 0): ("open", "Call", "Call", 395, 395, 0, 0, 17),
    ("Willow Court Residence", 0): ("open", "Reminder", None, 2050, 2050, 0, 0, 31),
    ("Kowhai Design Studio", 0): ("open", "Reminder", None, 1480, 1480, 0, 0, 1),
    ("Larkspur Theatre", 0): ("hold", "Call", "Second reminder with statement", 3300, 3300, 0, 0, 28),
    ("Copper Lane Catering", 0): ("open", "Reminder", "Friendly reminder", 1590, 1170, 0, 0, 20),
    ("Saltmarsh Ceramics", 0): ("open", "Reminder", "Friendly reminder", 960, 0, 0, 0, 18),
    ("Wrenfield Interiors", 0): ("open", "Reminder", "Friendly reminder", 1440, 240, 0, 0, 6),
    ("Harbor Glass Works", 0): ("open", "Reminder", None, 720, 720, 0, 0, 7),
    ("Lantern Street Toys", 0): ("open", "Reminder", None, 900, 900, 380, 0, 12),
    ("Gull Point Ice Cream", 0): ("open", "Call", "Call", 1400, 1400, 0, 0, 22),
    ("Ashgrove Textile Mill", 0): ("open", "Call", "Second call", 3900, 3900, 0, 0, 41),
    ("Driftwood Yoga Studio", 0): ("open", "Call", "Call", 430, 430, 0, 0, 25),
    ("Evergreen Print Works", 0): ("open", "Reminder", "Friendly reminder", 655, 655, 0, 0, 12),
    ("Falcon Ridge Security", 0): ("open", "Call", "Call", 1990, 1990, 0, 0, 19),
    ("Daily Round Coffee Bars", 0): ("open", "Reminder", "Friendly reminder", 494.40, 494.40, 0, 0, 78),
    ("Bergmann Werkzeugbau GmbH", 0): ("open", "Final notice", "Final notice", 4510.87, 4510.87, 0, 0, 34),
    ("Nomad Pop-Up Events", 0): ("open", "Reminder", None, 220, 220, 0, 0, 4),
    ("Hearthside Shelter Fund", 0): ("open", "Call", "Call", 980, 980, 0, 0, 17),
    ("Kestrel Cycle Repair", 0): ("open", "Reminder", "Friendly reminder", 415, 415, 0, 0, 6),
    ("Ironwood Builders Supply", 0): ("open", "Final notice", "Final notice", 6720, 6720, 0, 0, 33),
    ("Stonebridge Motors", 0): ("open", "Last call", "Last call", 5240, 0, 0, 0, 40),
    ("Heron Lake Outfitters", 0): ("open", "Last call", "Last call", 3530, 3530, 0, 0, 51),
    ("Clearwater Pools", 0): ("open", "Last call", "Last call", 1930, 1930, 0, 0, 43),
    ("Foxglove Florists", 0): ("open", "Final notice", "Final notice", 870, 870, 0, 0, 39),
    ("Quarry Road Garage", 0): ("open", "Final notice", "Final notice", 3320, 2940, 0, 0, 56),
    ("Vantage Signs & Banners", 0): ("open", "Final notice", "Final notice", 1260, 1260, 0, 0, 64),
    ("Bayside Fitness Club", 0): ("referred", "With agency", "Last call", 2910, 2910, 0, 0, 62),
    ("Sandpiper Charters", 0): ("open", "Call", "Second call", 1540, 0, 0, 0, 78),
}
WITHOUT_OPEN_CASE = {
    "Sunbeam Daycare",
    "Pocket Books & Maps",
    "Maple Street Dental",
    "Beacon Marine Services",
    "Pebble Cove Bike Hire",
    "Northgate Tool Hire",
}
SETTLED_CASES = {
    "Evergreen Print Works": 3,
    "Daily Round Coffee Bars": 1,
    "Kestrel Cycle Repair": 1,
    "Maple Street Dental": 1,
    "Beacon Marine Services": 1,
    "Pebble Cove Bike Hire": 1,
    "Heron Lake Outfitters": 2,
    "Bayside Fitness Club": 1,
    "Northgate Tool Hire": 1,
}
#: Where the accounts stand in the window for an agency.
WINDOWS = {
    "Ashgrove Textile Mill": "window",
    "Bergmann Werkzeugbau GmbH": "window",
    "Clearwater Pools": "window",
    "Daily Round Coffee Bars": "missed",
    "Foxglove Florists": "window",
    "Granite State Quarry": "missed",
    "Heron Lake Outfitters": "ready",
    "Ironwood Builders Supply": "window",
    "Quarry Road Garage": "closing",
    "Vantage Signs & Banners": "missed",
    "Willow Court Residence": "window",
}


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["collection.demo"]._load()
        cls.env.flush_all()
        cls.customers = cls.env["res.partner"].search([("ref", "=like", "DEMO-%")])
        cls.cases = cls.env["collection.case"].search([("partner_id", "in", cls.customers.ids)])
        cls.open_cases = cls.cases.filtered(lambda case: case.state != "closed")
        cls.main = cls.env.ref("base.main_company")

    def test_each_story_stands_where_it_should(self):
        self.assertEqual(set(self.customers.mapped("name")), {story.name for story in STORIES})
        told = {
            (case.partner_id.name, int(case.company_id != self.main)): (
                case.state,
                case.stage_id.name,
                case.step_id.name or None,
                round(case.balance, 2),
                round(case.amount_chased, 2),
                case.amount_credit,
                case.amount_excluded,
                case.days_overdue,
            )
            for case in self.open_cases
        }
        for key, figures in FIGURES.items():
            self.assertEqual(told.get(key), figures, key)
        self.assertEqual(set(told), set(FIGURES))
        self.assertEqual(set(self.customers.mapped("name")) - {name for name, _company in FIGURES}, WITHOUT_OPEN_CASE)

    def test_the_house_has_a_look_of_its_own(self):
        """Letters and e-mails bear a real logo, not Odoo's placeholder."""
        for company in self.main | self.open_cases.company_id:
            self.assertFalse(company.uses_default_logo, company.name)
            self.assertEqual(company.primary_color, "#163a5c")

    def test_settled_episodes_are_history(self):
        closed = self.cases.filtered(lambda case: case.state == "closed").grouped("partner_id")
        self.assertEqual({partner.name: len(cases) for partner, cases in closed.items()}, SETTLED_CASES)
        for case in self.cases.filtered(lambda case: case.state == "closed"):
            self.assertLess(case.date_opened, case.date_closed)
            self.assertLess(case.date_closed, self.main._collection_today())
        kestrel = self.open_cases.filtered(lambda case: case.partner_id.name == "Kestrel Cycle Repair")
        self.assertFalse(kestrel.is_first_case)

    def test_every_column_holds_a_card(self):
        self.assertEqual(self.cases.stage_id, self.env["collection.stage"].search([]))
        self.assertEqual(
            self.open_cases.filtered(lambda case: case.state == "hold").mapped("hold_reason"),
            ["Storm damage; the insurance pays by then."],
        )
        self.assertTrue(all(case.decision and case.next_action_date for case in self.open_cases))

    def test_promises_are_what_the_ledger_made_of_them(self):
        promises = self.env["collection.promise"].search(
            [("partner_id", "in", self.customers.ids), ("plan_id", "=", False)]
        )
        self.assertEqual(
            {(promise.partner_id.name, promise.state, promise.amount_received) for promise in promises},
            {
                ("Cedar & Pine Joinery", "open", 0),
                ("Juniper Health Clinic", "open", 0),
                ("Redwood Property Group", "light", 730),
                ("Falcon Ridge Security", "broken", 0),
                ("Evergreen Print Works", "kept", 640),
                ("Evergreen Print Works", "late", 590),
                ("Sandpiper Charters", "open", 0),
            },
        )

    def test_a_plan_covers_all_that_its_customer_owes(self):
        plan = self.env["collection.plan"].search([("partner_id", "in", self.customers.ids)])
        self.assertEqual((plan.partner_id.name, plan.state, plan.count), ("Stonebridge Motors", "active", 4))
        self.assertEqual(plan.promise_ids.mapped("amount"), [1310] * 4)
        self.assertEqual(plan.letter_id.state, "queued", "the agreement goes out in the next sending")

    def test_a_customer_who_never_answers_is_silent(self):
        silent = self.open_cases.filtered("is_silent")
        self.assertIn("Ironwood Builders Supply", silent.partner_id.mapped("name"))
        self.assertFalse(silent.note_ids.filtered("answered"))

    def _case_of(self, name):
        return self.open_cases.filtered(lambda case: case.partner_id.name == name)

    def test_disputes_stand_where_they_should(self):
        disputes = self.env["collection.dispute"].search([("partner_id", "in", self.customers.ids)])
        self.assertEqual(
            {
                (one.partner_id.name, one.kind, one.state, one.amount, one.amount_upheld, one.is_late)
                for one in disputes
            },
            {
                ("Copper Lane Catering", "price", "new", 420, 0, False),
                ("Saltmarsh Ceramics", "damaged", "new", 960, 0, True),
                ("Wrenfield Interiors", "quantity", "partly_upheld", 1500, 300, False),
                ("Quarry Road Garage", "quantity", "new", 380, 0, False),
            },
        )
        self.assertEqual(disputes.filtered("commitment").mapped("commitment_state"), ["open"] * 2)

    def test_a_late_answer_was_brought_before_the_manager(self):
        dispute = self._case_of("Saltmarsh Ceramics").dispute_ids
        self.assertEqual(dispute.user_id.login, "theo")
        self.assertEqual(set(dispute.activity_ids.user_id.mapped("login")), {"theo", "manager"})

    def test_what_was_upheld_is_credited_and_the_rest_is_due_anew(self):
        case = self._case_of("Wrenfield Interiors")
        dispute = case.dispute_ids
        self.assertEqual((dispute.credit_note_ids.state, dispute.credit_note_ids.amount_total), ("posted", 300))
        self.assertEqual((dispute.amount_to_credit, dispute.letter_id.state), (0, "sent"))
        self.assertGreater(dispute.date_due_new, self.main._collection_today())
        self.assertEqual(dispute.days_to_answer, 6)

    def test_the_gate_stops_the_letters_of_its_stories_alone(self):
        stopped = self.open_cases.filtered(lambda case: case.decision_code == "our_side")
        self.assertEqual(
            {case.partner_id.name: case.decision_details["check"] for case in stopped},
            {"Harbor Glass Works": "not_sent", "Lantern Street Toys": "unapplied_payment"},
        )
        unsent = self.open_cases.filtered("unsent_move_ids")
        self.assertEqual(unsent.partner_id.name, "Harbor Glass Works")

    def test_reasons_change_the_ladder_or_leave_it_to_people(self):
        gull, ashgrove = self._case_of("Gull Point Ice Cream"), self._case_of("Ashgrove Textile Mill")
        self.assertEqual((gull.policy_id.name, gull.plan_first), ("Gentle", True))
        self.assertEqual(ashgrove.decision_code, "stopped")
        self.assertEqual(ashgrove.activity_ids.sudo().filtered("collection_reason_id").user_id.login, "manager")

    def test_a_hold_that_ended_leaves_a_day_for_a_look(self):
        case = self._case_of("Driftwood Yoga Studio")
        self.assertIn(case.released_on, [self.main._collection_working_day(days) for days in (0, 1)])
        self.assertFalse(case.letter_ids.filtered(lambda letter: letter.state == "queued"))

    def test_a_customer_has_confirmed_where_invoices_arrive(self):
        self.assertEqual(
            {case.partner_id.name: case.delivery_state for case in self.open_cases if case.delivery_state != "never"},
            {"Juniper Health Clinic": "confirmed", "Nomad Pop-Up Events": "missing"},
        )

    def test_who_settled_yesterday_is_thanked_today(self):
        due = self.cases.filtered("thanks_due")
        self.assertEqual(due.partner_id.name, "Pebble Cove Bike Hire")
        due._thank_settled(self.main)
        self.assertEqual(due.letter_ids.filtered(lambda letter: letter.kind == "settled").state, "queued")

    # -- The end of the road -------------------------------------------------------------------------------------

    def test_final_notices_wait_to_be_posted_or_were(self):
        pieces = self.cases.letter_ids.piece_ids
        notices = pieces.filtered(lambda piece: piece.kind == "final_notice")
        told = {piece.partner_id.name: piece.state for piece in notices}
        self.assertEqual(
            {name for name, state in told.items() if state == "to_mail"},
            {"Bergmann Werkzeugbau GmbH", "Ironwood Builders Supply"},
        )
        self.assertEqual(told["Clearwater Pools"], "delivered")
        returned = notices.filtered(lambda piece: piece.state == "returned")
        self.assertEqual((returned.partner_id.name, returned.return_reason), ("Foxglove Florists", "moved"))
        self.assertIn("Check the address", returned.case_id.activity_ids.activity_type_id.mapped("name"))
        for piece in notices.filtered("date_mailed"):
            self.assertEqual(piece.date_mailed, piece.letter_id.sent_at.date(), piece.name)

    def test_accounts_stand_in_the_window_where_they_should(self):
        told = {case.partner_id.name: case.referral_status for case in self.open_cases if case.referral_status}
        self.assertEqual(told, WINDOWS)
        ready = self._case_of("Heron Lake Outfitters")
        self.assertTrue(all(point.met for point in ready._referral_checklist()[ready.id]))
        closing = self._case_of("Quarry Road Garage")
        missing = [point.code for point in closing._referral_checklist()[closing.id] if not point.met]
        self.assertEqual(missing, ["dispute", "commitment"])

    def test_the_manager_is_asked_once_about_each_that_is_to_be_decided(self):
        review = self.env.ref("grey_hat_collections.mail_activity_type_agency_review")
        asked = self.open_cases.activity_ids.filtered(lambda activity: activity.activity_type_id == review)
        self.assertEqual(
            sorted(self.open_cases.browse(asked.mapped("res_id")).partner_id.mapped("name")),
            ["Heron Lake Outfitters", "Quarry Road Garage", "Vantage Signs & Banners"],
        )
        self.assertEqual(asked.user_id.mapped("login"), ["manager"])

    def test_referrals_are_what_the_books_made_of_them(self):
        referrals = self.env["collection.referral"].search([("partner_id", "in", self.customers.ids)])
        self.assertEqual(
            {
                (
                    one.partner_id.name,
                    one.state,
                    one.amount_referred,
                    one.amount_recovered,
                    one.amount_returned,
                    one.amount_open,
                )
                for one in referrals
            },
            {
                ("Bayside Fitness Club", "partly_recovered", 4160, 900, 0, 3260),
                ("Northgate Tool Hire", "recovered", 2860, 2860, 0, 0),
                ("Sandpiper Charters", "recalled", 1540, 0, 1540, 0),
            },
        )
        bayside = self._case_of("Bayside Fitness Club")
        self.assertEqual(bayside.referred_on, self.main._collection_today() - timedelta(days=14))
        self.assertIn("Fairhaven Receivables", bayside.agency_notice)
        self.assertEqual(bayside.referral_ids.payment_ids.mapped("amount_told"), [900], "350 of yesterday are not told")

    def test_what_came_yesterday_is_found_and_told_in_the_morning(self):
        referral = self._case_of("Bayside Fitness Club").referral_ids
        told = referral.message_to_agency_ids
        self.assertEqual(set(told.mapped("state")), {"sent"})
        self.env["collection.referral"]._watch_the_books(self.main)
        self.assertEqual((referral.amount_recovered, referral.amount_open), (1250, 2910))
        message = referral.message_to_agency_ids - told
        self.assertEqual((message.kind, message.state, message.payload["amount"]), ("payment", "queued", "350.00"))

    def test_the_remittance_is_matched(self):
        remittance = self.env["collection.remittance"].search([("name", "=", "FR-2291")])
        self.assertEqual((remittance.state, remittance.amount_gross, remittance.commission), ("matched", 2860, 500.50))

    def test_what_was_recalled_is_ours_again_at_a_milder_stage(self):
        case = self._case_of("Sandpiper Charters")
        self.assertEqual((case.state, case.stage_id.kind, case.round), ("open", "normal", 2))
        self.assertEqual(set(case.referral_ids.message_to_agency_ids.mapped("kind")), {"packet", "recall"})

    def test_two_agencies_are_on_file(self):
        agencies = self.env["collection.agency"].search([("handover_email", "=like", "handover@%")])
        self.assertEqual(
            {agency.name: agency.accreditation_state for agency in agencies},
            {"Fairhaven Receivables": "valid", "Alster Inkasso Kontor": "ending"},
        )
        self.assertEqual(sorted(agencies.feedback_ids.mapped("kind")), ["complaint", "praise"])
        self.assertFalse(agencies.filtered(lambda agency: agency.transport != "email"), "Nothing leaves the machine")

    def test_balances_tie_to_the_ledger(self):
        for case in self.open_cases:
            lines = self.env["account.move.line"].search(
                [
                    ("partner_id.commercial_partner_id", "=", case.partner_id.id),
                    ("company_id", "=", case.company_id.id),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                ]
            )
            self.assertAlmostEqual(case.balance, sum(lines.mapped("amount_residual")), 2, case.display_name)

    def test_the_past_kept_the_rules(self):
        letters = self.cases.letter_ids.filtered("step_id")
        self.assertTrue(letters)
        self.assertEqual(set(letters.mapped("state")), {"sent"})
        for case in self.cases:
            days = sorted(case.letter_ids.filtered("step_id").mapped("sent_at"))
            self.assertTrue(all(day.weekday() < 5 for day in days), case.display_name)
            if case.reason_id.policy_id:
                continue  # these letters were those of another ladder
            ladder = case.policy_id.step_ids.filtered("letter_kind")
            steps = case.letter_ids.filtered("step_id").sorted("sent_at").step_id
            self.assertEqual(steps, ladder[: len(steps)], "No letter of the ladder was skipped")
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "collection.case")]), "Nothing is mailed")

    def test_people_can_log_in(self):
        users = self.env["res.users"].search([("login", "in", ("collector", "sam", "manager", "theo"))])
        self.assertEqual(len(users), 4)
        for user in users:
            credential = {"type": "password", "login": user.login, "password": user.login}
            user.with_user(user)._check_credentials(credential, {"interactive": True})
        falcon = self.open_cases.filtered(lambda case: case.partner_id.name == "Falcon Ridge Security")
        self.assertEqual(falcon.user_id.login, "sam")

    def test_told_once(self):
        counted = (
            "res.partner",
            "account.move",
            "account.payment",
            "collection.case",
            "collection.letter",
            "res.users",
        )
        before = [self.env[model].search_count([]) for model in counted]
        self.assertFalse(self.env["collection.demo"]._load())
        self.assertEqual([self.env[model].search_count([]) for model in counted], before)
