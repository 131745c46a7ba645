"""What the stories about conversations are told with."""

from ..common import MONDAY, CollectionCommon


class NotesCommon(CollectionCommon):
    @classmethod
    def default_env_context(cls):
        return {}  # alterations are tracked

    def _note(self, case, outcome="reached", *, user=None, **values):
        """A note as a program would write it, by the collector if nobody else is named."""
        notes = self.env["collection.note"].with_user(user or self.collector)
        note = notes.create({"case_id": case.id, "outcome": outcome, **values})
        self._write_history()
        return note

    def _tell(self, case, day, outcome, clock="10:00", **values):
        with self._on(day, clock):
            return self._note(case, outcome, **values)

    def _mail(self, case, text="We pay on the 20th.", headers="", clock="15:00", day=MONDAY):
        """The customer answers the last letter of the case."""
        letter = case.letter_ids[:1]
        number = len(case.message_ids)
        raw = (
            f"From: {letter.address_used}\nTo: {self.collector.email}\nSubject: Re: Reminder\n{headers}"
            f"Message-Id: <answer-{letter.id}-{number}@customer.example>\nIn-Reply-To: {letter.tracking_ref}\n\n{text}\n"
        )
        with self._on(day, clock), self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(None, raw)
            self.env.flush_all()
        self.env.invalidate_all()

    def _write_history(self):
        """Do what happens before a commit: alterations are told in the chatter."""
        self._settle_transaction()
        self.env.invalidate_all()

    def _unread(self, case):
        kind = self.env.ref("grey_hat_collections.mail_activity_type_reply")
        return case.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
