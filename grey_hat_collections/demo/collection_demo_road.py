from markupsafe import Markup
from odoo import Command, models
from odoo.tools import SQL

from . import events
from .collection_demo_story import noon
from .stories_of_the_road import AGENCIES


class CollectionDemo(models.AbstractModel):
    """The end of the road: letters in the post, the window for an agency, what went there, and the way back.

    The packets are made by :meth:`_print_letters`, like the letters, because they hold PDFs.
    """

    _inherit = "collection.demo"

    def _handlers_of_road(self):
        return {
            events.AgencyTold: self._tell_agency,
            events.Feedback: self._hear_of_agency,
            events.InPost: self._hear_from_post,
            events.Recalled: self._recall,
            events.Referred: self._refer,
            events.Remitted: self._book_remittance,
            events.Seen: self._see_in_window,
        }

    # -- Agencies ------------------------------------------------------------------------------------------------

    def _add_agencies(self):
        """Two agencies that every company may refer to."""
        for sequence, profile in enumerate(AGENCIES, 1):
            self.env["collection.agency"].create({"sequence": sequence, **self._agency_values(profile)})

    def _agency_values(self, profile):
        words, agreed = profile.name.split(), self._day(-400)
        countries = [self.env.ref(f"base.{'uk' if code == 'GB' else code.lower()}").id for code in profile.countries]
        languages = self.env["res.lang"].search([("code", "in", profile.languages)])
        partner = self.env["res.partner"].create(
            {
                "name": profile.name,
                "is_company": True,
                "email": profile.email.replace("handover@", "desk@"),
                "country_id": self.env.ref(f"base.{profile.country.lower()}").id,
                "lang": "en_US",
                "comment": "Collects in our name.",
                "child_ids": [Command.create({"name": profile.contact, "lang": "en_US"})],
                **profile.values,
            }
        )
        return {
            "partner_id": partner.id,
            "phone": partner.phone,
            "contact_ids": [Command.set(partner.child_ids.ids)],
            "accreditation_body": "Register of Collection Agencies",
            "accreditation_number": f"{words[0][:2].upper()}-{len(profile.name)}07",
            "accreditation_until": self._day(profile.accredited_for),
            "transport": "email",
            "handover_email": profile.email,
            "currency_id": self.env.ref(f"base.{profile.currency}").id,
            "amount_least": profile.least,
            "amount_most": profile.most,
            "country_ids": [Command.set(countries)],
            "lang_ids": [Command.set(languages.ids)],
            "stated_recovery_percent": profile.stated_recovery,
            "commission_ids": [
                Command.create({"days_from": days, "percent": percent}) for days, percent in profile.commissions
            ],
            "rules": Markup("<ul>%s</ul>") % Markup("").join(Markup("<li>%s</li>") % rule for rule in profile.rules),
            "rules_date": agreed,
            "speaks_as": f"“This is {words[0]}, calling for {self.env.company.name} about your account with them.”",
            "complaint_handling": "A complaint reaches our collections manager within a working day; we answer the customer.",
        }

    # -- In the post ---------------------------------------------------------------------------------------------

    def _put_into_post(self, letters, day, *, mailed=True):
        """What goes on paper was mailed on the day of its letter, or still waits to be."""
        for letter in letters:
            letter._prepare_mail_piece()
        if mailed:
            letters.piece_ids.write({"state": "mailed", "date_mailed": day, "printed_at": noon(day)})

    def _hear_from_post(self, event, _story, customer):
        case = self._open_case(customer)
        piece = case.letter_ids.piece_ids.sorted("id")[-1:]
        piece.certified_number = event.number
        if event.delivered:
            piece._mark_delivered(self._day(event.delivered))
        if event.returned:
            piece._mark_returned(self._day(event.returned), event.reason)

    # -- The window ----------------------------------------------------------------------------------------------

    def _see_in_window(self, event, _story, customer):
        """The window was seen on that morning; what it is today, today's look says."""
        self._open_case(customer).write({"referral_status": "window", "referral_since": self._day(event.day)})

    def _look_at_windows(self, companies):
        cases = self.env["collection.case"]
        cases.search(cases._domain_of_thresholds(self._all(companies)))._review_thresholds()

    def _all(self, companies):
        return self.env["res.company"].union(*companies.values())

    # -- With an agency ------------------------------------------------------------------------------------------

    def _refer(self, event, _story, customer):
        """All that is asked for was referred, and the agency had the packet the same day."""
        case, day = self._open_case(customer), self._day(event.day)
        told_before = case.message_ids
        manager = case.company_id.collection_manager_id
        referrals = self.env["collection.referral"].with_user(manager).sudo()  # written by the rules
        referral = referrals.create(
            {
                "case_id": case.id,
                "partner_id": customer.id,
                "company_id": case.company_id.id,
                "agency_id": self.env["collection.agency"].search([("name", "=", event.agency)]).id,
            }
        )
        referral._set_items(referrals._referable_items(case))
        self._age_items(referral, event.day)
        referral.state = "approved"
        message = self.env["collection.agency.message"]._queue(referral, "packet", referral._packet_facts())
        self._reach_agency(message, day)
        referral.write({"date_sent": day, "sent_at": noon(day)})
        self._move_to_day(referral, day)
        self._move_to_day(referral.line_ids, day)
        case.write({"referred_on": day, "date_last_stage_update": noon(day)})
        self._date_chatter(referral.message_ids | (case.message_ids - told_before), day)

    def _age_items(self, referral, days):
        """The items were younger then, and the commission goes by the age that they had."""
        for line in referral.line_ids:
            age = line.days_overdue + days
            line.write({"days_overdue": age, "commission_percent": float(referral.agency_id._commission_percent(age))})

    def _tell_agency(self, event, _story, customer):
        """The money of the days before was found, and the agency heard of it."""
        referral = self._latest_referral(customer)
        told = referral.message_to_agency_ids
        referral._refresh_money(tell=True)
        self._reach_agency(referral.message_to_agency_ids - told, self._day(event.day))

    def _book_remittance(self, event, story, customer):
        """The agency has collected: accounting books it against the invoices and matches the statement."""
        referral, day = self._latest_referral(customer), self._day(event.day)
        known = referral.line_ids.item_id.matched_credit_ids
        self._pay(events.Payment(event.amount, event.day), story, customer)
        booked = referral.line_ids.item_id.matched_credit_ids - known
        remittance = self.env["collection.remittance"].create(
            {
                "name": event.number,
                "agency_id": referral.agency_id.id,
                "currency_id": self._currency(story).id,
                "date": day,
                "line_ids": [Command.create({"referral_id": referral.id, "amount_gross": event.amount})],
            }
        )
        remittance.move_ids = booked.credit_move_id.move_id
        referral.date_ended = day
        self._date_chatter(referral.message_ids | remittance.message_ids, day)

    def _recall(self, event, _story, customer):
        """The manager took the account back, and the agency was told at once."""
        case, day = self._open_case(customer), self._day(event.day)
        referral = self._latest_referral(customer)
        told, told_before = referral.message_to_agency_ids, case.message_ids | referral.message_ids
        referral.with_user(referral.user_id).sudo()._give_back("recalled", event.reason)
        self._reach_agency(referral.message_to_agency_ids - told, day)
        referral.write({"date_ended": day, "given_back_at": noon(day)})
        case.write(
            {"step_date": day, "released_on": day, "reward_from": noon(day), "date_last_stage_update": noon(day)}
        )
        self._date_chatter((case.message_ids | referral.message_ids) - told_before, day)

    def _hear_of_agency(self, event, _story, customer):
        referral = self._latest_referral(customer)
        day = self._day(event.day)
        feedback = self.env["collection.agency.feedback"].create(
            {
                "agency_id": referral.agency_id.id,
                "kind": event.kind,
                "date": day,
                "partner_id": customer.id,
                "referral_id": referral.id,
                "said": event.said,
                "user_id": referral.case_id.user_id.id,
                "answer": event.answer,
                "answered_on": event.answer and self._day(event.answered),
            }
        )
        self._date_chatter(feedback.message_ids, day)

    def _latest_referral(self, customer):
        return self.env["collection.referral"].search([("partner_id", "=", customer.id)], order="id desc", limit=1)

    def _reach_agency(self, messages, day):
        """The agency had these messages on that day; the mail server is not asked to send them again."""
        for message in messages.sorted("id"):
            message.write(
                {"transport": message.agency_id.transport, "first_attempt_at": noon(day), "handover_at": noon(day)}
            )
            message._note_sent()
            message._follow_up()
            message.write({"sent_at": noon(day), "next_attempt_at": noon(day)})
        self._move_to_day(messages, day)

    def _store_packets(self):
        """The packets of what is or was with an agency; of settled accounts none, as with their letters."""
        referrals = self.env["collection.referral"].sudo()  # the rules write the packet
        for referral in referrals.search([("packet_id", "=", False), ("case_id.state", "!=", "closed")]):
            case, back = referral.case_id, bool(referral.given_back_at)
            case.round -= back  # the packet holds the final notice of the round in which the account was referred
            referral._store_packet()
            case.round += back
            packet = referral.message_to_agency_ids.filtered(lambda message: message.kind == "packet")
            packet.attachment_id = referral.packet_id

    # -- Days ----------------------------------------------------------------------------------------------------

    def _move_to_day(self, records, day):
        """These records were made on that day, which their dates of creation say."""
        records.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET create_date = %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                noon(day),
                records.ids,
            )
        )
        records.invalidate_recordset(["create_date"])

    def _date_chatter(self, messages, day):
        messages.date = noon(day)
