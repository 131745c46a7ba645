from odoo import api, fields, models
from odoo.tools.misc import format_amount, format_date

from ...engine import gate, referral
from ..base.to_decimal import to_decimal
from ..dispute.dispute_states import OPEN
from ..ledger.account_key import account_key

STATUSES = [
    ("window", "In the Window"),
    ("ready", "Ready to Refer"),
    ("closing", "Window Closes"),
    ("missed", "Window Missed"),
]
#: What of the notice of a round the engine asks about.
NOTICE_FACTS = ("notice_sent_on", "notice_posted_on", "notice_returned_on", "last_call_on")
#: How many unmet points a refused move names.
NAMED_POINTS = 2


class CollectionCase(models.Model):
    """When to refer: the window, and the checklist of what must be done before a customer is handed over.

    The status is written once a day (``agency/case_referral_review.py``); the checklist is made whenever it is read.
    """

    _inherit = "collection.case"

    referral_status = fields.Selection(
        STATUSES,
        string="Referral Window",
        readonly=True,
        index="btree_not_null",
        help="Where the account stands in the days in which an agency still recovers most. Empty outside of them.",
    )
    referral_ready = fields.Boolean(
        string="All Points Met",
        readonly=True,
        help="Nothing was missing on the checklist this morning: a manager may refer the account, or decide to keep it.",
    )
    referral_since = fields.Date(string="In the Window Since", readonly=True)
    referral_closes_on = fields.Date(
        string="Window Closes On",
        readonly=True,
        index="btree_not_null",
        help="The last day on which the policy lets the account go to an agency.",
    )
    referral_look_date = fields.Date(
        string="Next Referral Decision Date",
        readonly=True,
        copy=False,
        help="The date on which the window is checked again, if nothing changes before; empty: in the next run.",
        for_rules=True,
    )
    referral_checklist = fields.Html(
        string="Checklist",
        compute="_compute_referral_checklist",
        sanitize=False,
        help="What must be done before this customer is handed over, and how to get there.",
    )
    referral_points = fields.Char(
        string="Points Met", compute="_compute_referral_checklist", help="How much of the checklist is done."
    )
    referral_unmet = fields.Char(
        string="First Missing", compute="_compute_referral_checklist", help="What to do next before a referral."
    )

    @api.depends(
        "referral_status",
        "amount_chased",
        "oldest_due_date",
        "decision_code",
        "decision_details",
        "state",
        "step_id",
        "reason_id",
        "policy_id",
    )
    @api.depends_context("lang")
    def _compute_referral_checklist(self):
        lists = self.filtered("referral_status")._referral_checklist()
        sentences = self._point_sentences()
        for case in self:
            points = lists.get(case.id, ())
            missing = [point for point in points if not point.met]
            case.referral_checklist = case._checklist_page(points, sentences)
            case.referral_unmet = case._point_sentence(missing[0], sentences) if missing else False
            case.referral_points = points and self.env._(
                "%(met)s of %(all)s", met=len(points) - len(missing), all=len(points)
            )

    # -- Facts ---------------------------------------------------------------------------------------------------

    def _referral_checklist(self, agency=None, items=None):
        """The points that must be met before these cases are referred, made afresh: they take a fixed number of queries.

        :param agency: the agency that is thought of; by default any that fits
        :param items: the open items that are to go, by case id; by default what of all that is asked for may go
        :return: :class:`engine.referral.Point`, in the order of the list, by case id
        """
        # sudo: which letter has named what is asked for, of cases that the caller may see
        by_notice = self.sudo()._asked_by_notice(items)
        facts = self._referral_facts(agency, by_notice, all_go=items is not None)
        terms = self._referral_terms()
        return {case.id: referral.checklist(facts[case.id], terms[case.policy_id]) for case in self}

    def _referral_terms(self):
        """The terms of each policy of these cases; no policy, the usual ones."""
        return {
            policy: policy._to_referral_terms() if policy else referral.Terms()
            for policy in {case.policy_id for case in self}
        }

    def _referral_facts(self, agency=None, by_notice=None, *, all_go=False):
        """What the engine needs to know about each case; see :meth:`_referral_checklist`.

        :param by_notice: what is asked for, as :meth:`_asked_by_notice` says it
        :param all_go: all of that is to go
        :return: :class:`engine.referral.Facts` by case id
        """
        # sudo: letters, notes, disputes and agencies are read about cases that the caller may see; no more than a sentence
        # about them is told
        house = self.sudo()
        by_notice = house._asked_by_notice() if by_notice is None else by_notice
        facts = house._referral_figures(by_notice, all_go=all_go)
        notices = house.filtered(lambda case: by_notice[case.id] is None)._notice_facts()
        disputes, promises, plans = house._open_disputes(), house._open_promises(), house._open_plans()
        findings, commitments = house._our_findings()
        amounts = {case_id: figures["amount_chased"] for case_id, figures in facts.items()}
        offers = house.env["collection.agency"]._offers(house, amounts)
        for case in house:
            notice = {name: notices[case.id][name] or None for name in NOTICE_FACTS} if case.id in notices else {}
            facts[case.id] = referral.Facts(
                **facts[case.id],
                **notice,
                **disputes.get(case.id, {}),
                **promises.get(case.id, {}),
                plan=plans.get(case.id),
                hold_until=case.hold_until if case.state == "hold" else None,
                commitments=commitments[case.id],
                findings=findings[case.id],
                stopped_since=case._left_to_people_since(),
                stopped_by=case.reason_id.name or "",
                offers=tuple(
                    referral.Offer(one.name or "", " ".join(why_not))
                    for one, why_not in house._offers_of(case, offers, agency, amounts)
                ),
            )
        return facts

    @api.model
    def _offers_of(self, case, offers, agency, amounts):
        """The ``offers`` for ``case``; of ``agency`` only, if one is thought of, also where it is offered to nobody any more."""
        offered = offers.get(case, ())
        if agency is None:
            return offered
        own = [(one, why_not) for one, why_not in offered if one == agency]
        return own or ([(agency, agency.with_env(self.env)._unfit(case, amounts))] if agency else ())

    def _referral_figures(self, by_notice=None, *, all_go=False):
        """What age, amount and notices say, by case id: enough for all that is not in the window.

        :param by_notice: what is asked for, as :meth:`_asked_by_notice` says it; by default the whole account counts
        :param all_go: all of that is to go
        """
        today = {company: company._collection_today() for company in self.company_id}
        terms = self._referral_terms()
        by_notice = by_notice or {}
        figures = {}
        for case in self:
            items = by_notice.get(case.id)
            if items is None:
                figure = {
                    "amount_chased": to_decimal(case.amount_chased),
                    "oldest_due_date": case.oldest_due_date or None,
                }
            else:
                figure = referral.of_items(items.values(), terms[case.policy_id], all_go=all_go)
            figures[case.id] = {"today": today[case.company_id], **figure}
        return figures

    def _open_disputes(self):
        groups = self.env["collection.dispute"]._read_group(
            [("case_id", "in", self.ids), ("state", "in", OPEN)], ["case_id"], ["__count", "amount:sum"]
        )
        return {case.id: {"disputes": count, "amount_disputed": to_decimal(amount)} for case, count, amount in groups}

    def _open_promises(self):
        groups = self.env["collection.promise"]._read_group(
            [("case_id", "in", self.ids), ("state", "=", "open")],
            ["case_id"],
            ["__count", "date_promised:min", "amount_expected:sum"],
        )
        return {
            case.id: {"promises": count, "promise_date": day, "amount_promised": to_decimal(amount)}
            for case, count, day, amount in groups
        }

    def _open_plans(self):
        """The state of the plan that runs, else of one that waits for a manager."""
        groups = self.env["collection.plan"]._read_group(
            [("case_id", "in", self.ids), ("state", "in", ("draft", "active"))], ["case_id"], ["state:array_agg"]
        )
        return {case.id: "active" if "active" in states else "draft" for case, states in groups}

    def _our_findings(self):
        """What of the gate stops letters to these customers, and which word of ours we have not kept, whatever the company
        makes of that check; also where no letter is due.

        :return: (findings by case id, commitments by case id)
        """
        service = self.env["collection.gate"]
        looked = service._look([account_key(case) for case in self])
        modes = {company: service._modes(company) for company in self.company_id}
        findings, commitments = {}, {}
        for case in self:
            found = {
                code: by_key[account_key(case)] for code, by_key in looked.items() if by_key.get(account_key(case))
            }
            stops, _warnings = gate.judge(
                [service._finding(code, records) for code, records in found.items()], modes[case.company_id]
            )
            findings[case.id] = stops
            commitments[case.id] = tuple(one.name for one in found.get("commitment_overdue", ()))
        return findings, commitments

    # -- On the screen -------------------------------------------------------------------------------------------

    def _checklist_page(self, points, sentences):
        """The points as a list, each with its mark and what there is to say or to do. All of it is escaped."""
        labels = self._point_labels()
        words = {True: ("fine", self.env._("Met")), False: ("missing", self.env._("Missing"))}
        return self._marked_list(
            [(*words[point.met], labels[point.code], self._point_sentence(point, sentences)) for point in points]
        )

    def _point_sentence(self, point, sentences=None):
        """What a point says in the reader's language: what is missing and what to do about it, or why it is met.

        :param sentences: of :meth:`_point_sentences`, for whoever asks about many
        """
        self.ensure_one()
        sentences = sentences or self._point_sentences()
        count = point.details.get("count", 1)
        many = f"{point.case}_many" if count > 1 else point.case
        sentence = sentences.get((point.code, many)) or sentences[point.code, point.case]
        return sentence % self._point_words(point.details)

    def _point_words(self, details):
        """Amounts and days as the reader writes them."""
        words = {"more": details.get("count", 1) - 1}
        for name, value in details.items():
            if name.startswith("amount"):
                words[name] = format_amount(self.env, float(value), self.currency_id)
            elif hasattr(value, "isoformat"):
                words[name] = format_date(self.env, value, date_format="long")
            else:
                words[name] = value
        if "check" in details:
            service = self.env["collection.gate"]
            words["finding"] = service._sentence(details["check"], details["subject"], details["count"])
        return words

    def _why_not_moved_to_agency(self, stage):
        """Why nobody moves the card to the agency by hand, and what is missing before a manager may refer it."""
        self.ensure_one()
        names = {"case": self.display_name, "stage": stage.name}
        points = self._referral_checklist()[self.id]
        missing = [point for point in points if not point.met]
        if not missing:
            return self.env._(
                "%(case)s can reach “%(stage)s” only through a referral. Every point of the checklist is met: a collections "
                "manager can decide with “Refer” in “Referral Review”.",
                **names,
            )
        return self.env._(
            "%(case)s can reach “%(stage)s” only through a referral, decided by a collections manager with “Refer” in “Referral "
            "Review”. %(met)s of %(all)s points are met. Still to do: %(points)s",
            met=len(points) - len(missing),
            all=len(points),
            points=" ".join(self._point_sentence(point) for point in missing[:NAMED_POINTS]),
            **names,
        )

    def _warned_about(self, items):
        """What a final notice has named of these open items of a case, and what of that may go to an agency: that of which the
        warning is complete, else all of it.

        :return: two sets of ids
        """
        self.ensure_one()
        case = self.sudo()  # which letter has named what the caller may see
        by_notice = case._asked_by_notice({case.id: items})[case.id]
        if by_notice is None:
            named = {item.id for item in items} if case.notice_round or not case._marked() else set()
            return named, named
        named = {item_id for item_id, item in by_notice.items() if item.notice}
        today, terms = case.company_id._collection_today(), case._referral_terms()[case.policy_id]
        ripe_on = {item_id: by_notice[item_id].notice.ripe_on(terms) for item_id in named}
        return named, {item_id for item_id, day in ripe_on.items() if day and day <= today} or named
