"""Whoever is made responsible for something works here: no customer with an access to the portal, nobody who has left."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from ..access_common import AccessCommon

#: Fields that name somebody without making him responsible: who did something, as the rules note it.
NOTED = {
    "collection.dispute.decided_by_id",
    "collection.letter.approved_by_id",
    "collection.letter.user_id",
    "collection.plan.approved_by_id",
    "collection.promise.approved_by_id",
    "collection.promise.withdrawn_by_id",
    "collection.referral.override.user_id",
    "res.partner.collection_delivery_confirmed_by_id",
}


@tagged("post_install", "-at_install")
class TestWhoAnswers(AccessCommon):
    """Said by the server, whatever a screen offers."""

    def _begin(self):
        super()._begin()
        group = "base.group_user,grey_hat_collections.group_collector"
        self.gone = new_test_user(self.env, "gone", group, company_id=self.company.id)
        self.gone.active = False

    def _responsible(self):
        """Each stored field of ours that refers to a user: (model, field)."""
        for name, model in sorted(self.env.items()):
            for field in model._fields.values():
                ours = name.startswith("collection.") or field.name.startswith("collection_")
                ours = ours and field.name not in ("create_uid", "write_uid")
                if ours and field.store and field.comodel_name == "res.users" and model._auto and not model._transient:
                    yield model, field.name

    def test_nobody_from_outside_answers_for_anything(self):
        tried = set()
        for model, name in self._responsible():
            key = f"{model._name}.{name}"
            record = self.company if model._name == "res.company" else self.records["o"].get(model._name)
            if key in NOTED or record is None:
                continue
            tried.add(key)
            for user in (self.guest, self.gone, self.public, self.abroad):
                with self.subTest(key, user=user.login), self.assertRaises(ValidationError), self.cr.savepoint():
                    record.sudo()[name] = user  # sudo: who may write it is asked elsewhere
        self.assertGreater(len(tried), 8)

    def test_the_rules_pick_nobody_who_has_left(self):
        """A service level that still names somebody who has left does not keep a dispute from being raised."""
        level = self.records["o"]["collection.service.level"]
        level.user_id = self.colleague
        self.colleague.active = False
        case, item = self.cases["o"], self.records["o"]["account.move.line"]
        dispute = self.env["collection.dispute"].create(
            {
                "case_id": case.id,
                "partner_id": case.partner_id.id,
                "company_id": case.company_id.id,
                "kind": level.kind,
                "description": "Too dear",
                "line_ids": [Command.create({"item_id": item.id, "amount": 50})],
            }
        )
        self.assertEqual(dispute.user_id, self.collector)

    def test_what_somebody_agreed_who_has_left_is_carried_on(self):
        plan = self.records["o"]["collection.plan"]
        plan.sudo().user_id = self.colleague
        self.colleague.active = False
        plan.sudo()._create_instalments()
        self.assertEqual(plan.promise_ids.user_id, self.collector)
