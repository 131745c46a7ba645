import hashlib
import json
from base64 import b64encode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..base.actions import open_dialog, open_form
from ..base.odd_json import as_dict
from ..ledger.account_key import owner_key


class CollectionLetter(models.Model):
    """Letters that wait until somebody has said that they may leave, where the company wishes to be asked.

    What is approved is what the letter said when it was looked at: the items with their amounts, where it goes, and its
    wording. On its way out it is compared. The same or less goes; anything more or new comes back to be looked at.
    """

    _inherit = "collection.letter"

    to_approve = fields.Boolean(
        readonly=True,
        copy=False,
        help="It does not leave before somebody has approved it.",
        string="Waits for Approval",
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    says = fields.Json(
        readonly=True,
        copy=False,
        help="What it says, as it was last looked at: amounts in company currency by item, and the fingerprint of its wording.",
        for_rules=True,
    )
    came_back = fields.Char(
        string="Why Again",
        readonly=True,
        copy=False,
        help="Why an approval did not hold: it says more than was approved.",
    )
    oldest_days = fields.Integer(related="case_id.days_overdue", help="Of the oldest item of the case, today.")

    _to_approve_index = models.Index("(company_id, kind) WHERE to_approve")

    # -- Does it need an approval? -------------------------------------------------------------------------------

    @api.model
    def _completed(self, vals_list, delivery):
        completed = super()._completed(vals_list, delivery)
        asking = self._kinds_to_approve(self.env["res.company"].browse({vals["company_id"] for vals in completed}))
        for vals in completed:
            vals["to_approve"] = (vals["company_id"], vals["kind"]) in asking and not vals.get("approved_at")
        return completed

    @api.model_create_multi
    def create(self, vals_list):
        letters = super().create(vals_list)
        letters._note_what_they_say()
        return letters

    @api.model
    def _queue(self, vals_list, delivery, currency):
        letters = super()._queue(vals_list, delivery, currency)
        letters._note_what_they_say()
        return letters

    @api.model
    def _kinds_to_approve(self, companies):
        """The letters that do not leave without an approval: ids of companies, each with a kind.

        :rtype: set[tuple[int, str]]
        """
        companies = companies.sudo().filtered("collection_letters_wait")  # what the rules go by
        if not companies:
            return set()
        exempt = self.env["collection.letter.exemption"]._exempt(companies)
        kinds = dict(self._fields["kind"].selection)
        return {(company.id, kind) for company in companies for kind in kinds.keys() - exempt[company]}

    def _wants_approval(self):
        """Whether this letter does not leave without an approval, be it given or not."""
        self.ensure_one()
        return (self.company_id.id, self.kind) in self._kinds_to_approve(self.company_id)

    @api.model
    def _ask_anew_for_approval(self, companies):
        """The companies want to be asked for other letters from now on: what has not left waits, or waits no longer."""
        asking = self._kinds_to_approve(companies)
        # sudo: whoever may change the setting changes it for the letters of all collectors
        queued = self.sudo().search(
            [("company_id", "in", companies.ids), ("state", "=", "queued"), ("handover_at", "=", False)]
        )
        wanted = queued.filtered(
            lambda letter: (
                (letter.company_id.id, letter.kind) in asking and not letter.approved_at and not letter._is_on_paper()
            )
        )
        fresh = wanted.filtered(lambda letter: not letter.to_approve)
        freed = (queued - wanted).filtered("to_approve")
        fresh.write({"to_approve": True})
        freed.write({"to_approve": False, "came_back": False})
        fresh._note_what_they_say()
        (fresh | freed).case_id._decide_later()

    def _is_on_paper(self):
        """Whether this letter waits for a person to print and mail it, who has it in hand then."""
        return self.channel == "post" and bool(self.attachment_id)

    # -- What it says --------------------------------------------------------------------------------------------

    def _note_what_they_say(self):
        """Note what the letters among these say for which an approval counts: that is what is looked at."""
        asked = self.filtered(lambda letter: letter.to_approve or letter.approved_at).sudo()  # see _says_now
        for letter_id, says in asked._says_now().items():
            letter = self.sudo().browse(letter_id)
            if letter.says != says:
                letter.says = says

    def _says_now(self):
        """What these letters say if they leave today, by id, as ``says`` keeps it: ``asked`` and ``listed``, each an amount by
        item (see :meth:`_said_on_paper`), ``amount`` where they ask for no items, and ``words``. Read at once for all. Needs
        superuser mode: what a letter is about hangs on books and cases.
        """
        said = self._said_on_paper()
        whole = self.filtered(lambda letter: letter._shows_statement())
        items_of = (
            self.env["collection.ledger"]._open_items_by_account(whole.partner_id, whole.company_id) if whole else {}
        )
        for letter in whole:
            known = said[letter.id]
            for item in items_of.get(owner_key(letter), ()):
                if str(item.id) not in known["asked"]:
                    known["listed"][str(item.id)] = letter.currency_id.round(item.residual)
        words = self._words_in_force()
        return {
            letter.id: said[letter.id]
            | {"amount": 0 if letter._asks_for_items() else letter.amount, "words": fingerprint(words[letter.id])}
            for letter in self
        }

    def _shows_statement(self):
        """Whether the whole account is on this letter, asked for or not."""
        return self.kind == "statement" or bool(self.step_id.with_statement)

    def _words_in_force(self):
        """The wording of these letters that people may edit, as texts, by id."""
        words = {}
        for letter in self:
            template = letter._chosen_mail_template() if letter.channel == "email" else None
            template = template and template.with_context(lang=letter.lang)
            words[letter.id] = [template.subject or "", str(template.body_html or "")] if template else []
        return words

    def _more_than_approved(self, delivery):
        """What this letter says beyond what somebody has approved, as a sentence; None where it says the same or less. Needs
        superuser mode.

        :param delivery: how it reaches its customer today; see ``res.partner._collection_delivery``
        """
        self.ensure_one()
        _ = self.env._
        where = (delivery["channel"], delivery["address"])
        if where != (self.channel, self.address_used):
            return _("It goes to %(now)s now, no longer to %(before)s.", now=where[1], before=self.address_used or "")
        approved, now = as_dict(self.says), self._says_now()[self.id]
        if approved.get("words") != now["words"]:
            return _("Its wording has changed.")
        more = self._more_by_item(as_dict(approved.get("asked")), as_dict(approved.get("listed")), now)
        if more:
            return more
        if self.currency_id.compare_amounts(now["amount"], approved.get("amount") or 0) > 0:
            return self._more_in_words(now["amount"], approved.get("amount") or 0)
        return None

    def _more_by_item(self, asked, listed, now):
        """What of single items is more, or new; see :meth:`_more_than_approved`."""
        compare = self.currency_id.compare_amounts
        larger = [
            (item, amount, asked.get(item, 0))
            for item, amount in now["asked"].items()
            if compare(amount, asked.get(item, 0)) > 0
        ]
        if larger and (new := [item for item, _amount, before in larger if not before]):
            return self.env._("New since then: %s.", self._names_of(new))
        if larger:
            before, amount = sum(row[2] for row in larger), sum(row[1] for row in larger)
            return self._more_in_words(amount, before, [row[0] for row in larger])
        shown = [
            item
            for item, amount in now["listed"].items()
            if amount > 0 and compare(amount, max(asked.get(item, 0), listed.get(item, 0))) > 0
        ]
        return self.env._("Also listed by now: %s.", self._names_of(shown)) if shown else None

    def _more_in_words(self, now, before, items=()):
        money = self.currency_id.format
        if items:
            return self.env._(
                "It asks for %(now)s of %(items)s now, not %(before)s.",
                now=money(now),
                items=self._names_of(items),
                before=money(before),
            )
        return self.env._("It asks for %(now)s now, not %(before)s.", now=money(now), before=money(before))

    def _names_of(self, items):
        """The numbers of open items, by their ids as text; the first three of many."""
        found = self.env["account.move.line"].browse(int(item) for item in items).exists()
        names = [line.move_name or line.display_name for line in found]
        shown = ", ".join(names[:3])
        return (
            self.env._("%(names)s and %(count)s more", names=shown, count=len(names) - 3) if len(names) > 3 else shown
        )

    # -- On its way out ------------------------------------------------------------------------------------------

    @api.model
    def _domain_due(self):
        return super()._domain_due() & Domain("to_approve", "=", False)

    def _comes_back(self, delivery):
        """Whether this letter says more than somebody has approved; then it waits for another look and says why.

        :param delivery: see :meth:`_more_than_approved`
        """
        if not self._wants_approval():
            return False
        reason = False if not self.approved_at else self._more_than_approved(delivery)
        if reason is None:
            return False
        self._wait_for_approval(reason, delivery)
        return True

    def _wait_for_approval(self, reason, delivery):
        self.write(
            {
                **self._of_delivery(delivery),
                "to_approve": True,
                "approved_by_id": False,
                "approved_at": False,
                "came_back": reason,
                "amount": self._amount_asked(),
                "says": self._says_now()[self.id],
            }
        )
        self.case_id._decide_later()

    @api.model
    def _look_at_waiting_letters(self, companies):
        """Scheduled: what waits for approval shows what is so today; what must not leave any more is withdrawn."""
        waiting = self.search(
            [("company_id", "in", companies.ids), ("to_approve", "=", True), ("state", "=", "queued")]
        )
        self.env["collection.case"]._retry_daily_run(len(waiting._work_on_each(lambda some: some._look_once_more())))

    def _look_once_more(self):
        """Bring what waits for approval into line with the ledger of today. Needs superuser mode."""
        obstacles = self._obstacles()
        for letter in self.filtered(lambda letter: obstacles[letter.id]):
            letter._withdraw(obstacles[letter.id])
        left = self.filtered(lambda letter: not obstacles[letter.id])
        delivery = left.partner_id._collection_delivery()
        said = left._says_now()
        for letter in left:
            amount = sum(said[letter.id]["asked"].values()) if letter._asks_for_items() else letter.amount
            letter.write(
                {
                    **letter._of_delivery(delivery[letter.partner_id.id]),
                    "says": said[letter.id],
                    "amount": letter.currency_id.round(amount),
                }
            )

    # -- Buttons -------------------------------------------------------------------------------------------------

    @api.model
    def _by_hand(self):
        """The values of a letter that a person sends by what they do: that is their approval. None for what the rules write."""
        user = self.env.user
        if user._is_superuser() or not user._is_internal():
            return {}
        return {"approved_by_id": user.id, "approved_at": fields.Datetime.now()}

    def action_approve(self):
        """Let these letters leave, as they were looked at."""
        self.check_access("write")
        waiting = self.filtered("to_approve")
        if not waiting:
            raise UserError(self._not_waiting())
        waiting.sudo()._approve()  # written by the rules only
        return waiting._told_of_approval()

    def _approve(self):
        """This user has approved these letters. Needs superuser mode."""
        now = fields.Datetime.now()
        self.write({"to_approve": False, "came_back": False, "approved_by_id": self.env.user.id, "approved_at": now})
        self.case_id._decide_later()

    def _not_waiting(self):
        """Why there is nothing to approve, with who was faster."""
        letter = self[:1]
        if len(self) == 1 and letter.approved_by_id:
            return self.env._(
                "%(letter)s was approved by %(user)s already.",
                letter=letter.display_name,
                user=letter.approved_by_id.name,
            )
        if len(self) == 1:
            return self.env._("%s does not wait for approval.", letter.display_name)
        return self.env._("None of these %s letters waits for approval any longer.", len(self))

    def _told_of_approval(self):
        """A notification that says when they leave."""
        first = min(self.mapped("send_after"))
        if first <= fields.Datetime.now():
            when = self.env._("Sent within a quarter of an hour, in the contact hours of each customer.")
        else:
            day = format_date(self.env, fields.Datetime.context_timestamp(self, first))
            when = self.env._("Sent from %s on, in the contact hours of each customer.", day)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("%s approved.", self.display_name)
                if len(self) == 1
                else self.env._("%s letters approved.", len(self)),
                "message": when,
                "next": {"type": "ir.actions.act_window_close"},  # the list or form shows what is so now
            },
        }

    def action_approve_kind(self):
        """Open the dialog that approves all of a kind: that of the first letter chosen, or of which most wait."""
        kind = self[:1].kind
        if not kind:
            groups = self._read_group([("to_approve", "=", True), ("state", "=", "queued")], ["kind"], ["__count"])
            kind = max(groups, key=lambda group: group[1])[0] if groups else False
        company = self[:1].company_id or self.env.company
        context = {"default_kind": kind, "default_company_id": company.id}
        return open_dialog(self.env._("Approve All of a Kind"), "collection.approve.kind", context)

    def action_look(self):
        """Open this letter as its customer would get it, with the buttons to approve or cancel it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("To Approve"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("grey_hat_collections.collection_letter_view_form_to_approve").id, "form")],
        }

    def action_open_case(self):
        """Open the case of this letter."""
        self.ensure_one()
        return open_form(self.case_id)

    def look(self):
        """This letter as its customer would get it, for the screen: ``pdf`` in base 64, ``subject``, ``body``, ``to``,
        ``channel``, and ``changed``, whether it has said something else in the list. What is shown is what an approval is bound
        to.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        letter = self.sudo()  # what it says is noted by the rules
        changed = False
        if letter.to_approve and letter.state == "queued" and self.has_access("write"):
            before = letter.says
            letter._look_once_more()
            changed = letter.state != "queued" or letter.says != before
        look = self._looks_like()
        return {**look, "pdf": b64encode(look["pdf"]).decode() if look["pdf"] else "", "changed": changed}

    def action_take_approval_back(self):
        """What has not left waits again."""
        self.check_access("write")
        approved = self.filtered(
            lambda letter: letter.state == "queued" and letter.approved_at and not letter.handover_at
        )
        approved = approved.filtered(lambda letter: letter._wants_approval() and not letter._is_on_paper())
        if not approved:
            raise UserError(
                self.env._("%s has left, or needs no approval: there is nothing to take back.", self[:1].display_name)
            )
        # sudo: written by the rules only
        approved.sudo().write({"to_approve": True, "approved_by_id": False, "approved_at": False})
        approved.case_id.sudo()._decide_later()
        return True

    def action_retry(self):
        """Whoever sends a letter again has approved it."""
        failed = self.filtered(lambda letter: letter.state == "failed")
        result = super().action_retry()
        again = failed.sudo().filtered(lambda letter: letter._wants_approval())  # written by the rules only
        again._approve()
        again._note_what_they_say()
        return result

    def action_print(self):
        """Whoever prints a letter on paper has it in hand: that is an approval. Of an e-mail it is only a look."""
        letter = self.sudo()  # written by the rules only
        if letter.to_approve and letter.channel == "post":
            self.check_access("write")
            letter._note_what_they_say()
            letter._approve()
        return super().action_print()


def fingerprint(texts):
    """What texts are recognised by; another as soon as one of them has changed."""
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
