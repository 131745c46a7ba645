from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestOfferedFields(TransactionCase):
    """Whoever groups a list is offered what people know, not what the rules note for themselves."""

    def _offered(self, model):
        described = self.env[model].fields_get(attributes=["groupable"])
        return {name for name, field in described.items() if field.get("groupable")}

    def test_what_the_rules_note_is_not_offered(self):
        for model, hidden, offered in (
            (
                "collection.case",
                {"run_date", "pending_letter_id", "referral_look_date", "thanks_due"},
                {"user_id", "stage_id"},
            ),
            ("collection.letter", {"sha256", "attachment_id", "mail_mail_id"}, {"kind", "state", "user_id"}),
            ("collection.referral", {"packet_id", "packet_password", "packet_sha256"}, {"agency_id", "state"}),
            ("collection.mail.piece", {"attachment_id", "sha256"}, {"state", "country_code"}),
        ):
            with self.subTest(model):
                found = self._offered(model)
                self.assertFalse(found & hidden)
                self.assertLessEqual(offered, found)
