"""What the stories about the window for an agency are told with."""

from copy import deepcopy
from datetime import timedelta
from unittest.mock import patch

from ..common import MONDAY, CollectionCommon, days_ago

AGENCY_REVIEW = "grey_hat_collections.mail_activity_type_agency_review"
SAYS_NOTHING = dict.fromkeys(
    ("notice_letter_id", "notice_sent_on", "notice_posted_on", "notice_returned_on", "last_call_on")
)


class ReferralCommon(CollectionCommon):
    """An agency, Northwind, that takes everybody; what proves a notice is said in each story."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = (
            cls.env["collection.agency"]
            .sudo()
            .create(
                {
                    "partner_id": cls.env["res.partner"].create({"name": "Northwind", "is_company": True}).id,
                    "accreditation_until": MONDAY + timedelta(days=365),
                }
            )
        )

    def _begin(self):
        super()._begin()
        self._prove({})

    def setUp(self):
        super().setUp()
        self._prove(self.notices)

    def _prove(self, notices):
        """From now on ``notices`` says what proves the notice of a case, and more can be said in :meth:`_warn`."""
        self.notices = deepcopy(notices)

        def notice_facts(cases):
            return {case.id: SAYS_NOTHING | self.notices.get(case.id, {}) for case in cases}

        self.enterContext(patch.object(type(self.Case), "_notice_facts", notice_facts))

    def _warn(self, case, posted=15, called=8):
        """The final notice was posted so many days before Monday, and the last call made; None: it was not."""
        case.sudo().notice_round = case.round if posted else 0
        self.notices[case.id] = {
            "notice_sent_on": posted and days_ago(posted),
            "notice_posted_on": posted and days_ago(posted),
            "last_call_on": called and days_ago(called),
        }

    def _account(self, name="Acme", days=45, **values):
        """A customer in the window on Monday for whom nothing is missing, and the case of it."""
        case = self._overdue_customer(name, days=days, **values)
        self._warn(case)
        return case

    def _thresholds(self, day=MONDAY, clock="06:00"):
        """The scheduled action, in the morning of ``day``."""
        with self._on(day, clock):
            self._trigger("ir_cron_referral_thresholds")

    def _run(self, day=MONDAY):
        """A morning: the daily run, then the thresholds."""
        self._daily_run(day)
        self._thresholds(day)

    def _questions(self, case):
        """The open questions about an agency."""
        kind = self.env.ref(AGENCY_REVIEW)
        return case.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _decide_on(self, case, day=MONDAY, clock="15:00"):
        """The manager answers the question."""
        with self._on(day, clock):
            self._questions(case).with_user(self.manager).action_done()
            self.env.invalidate_all()

    def _points(self, case):
        """What is missing, by the code of its point: the sentence that says what to do."""
        points = case._referral_checklist()[case.id]
        return {point.code: self._plain(case._point_sentence(point)) for point in points if not point.met}

    @staticmethod
    def _plain(text):
        """``text`` with plain spaces."""
        return text.replace("\N{NO-BREAK SPACE}", " ")
