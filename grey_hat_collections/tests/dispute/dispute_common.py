"""Disputes in stories: raised by the collector, answered by whoever is asked."""

from odoo import Command, fields

from ..common import MONDAY, CollectionCommon


class DisputeCommon(CollectionCommon):
    """A customer whose invoice is overdue, and what it says is wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_accountant_id = cls.accountant

    def _raise(self, case, parts, *, user=None, **values):
        """A dispute raised by ``user`` (default: the collector).

        :param parts: what is disputed, amount by item; an item alone is disputed whole
        """
        parts = dict.fromkeys(parts) if not isinstance(parts, dict) else parts
        lines = [
            Command.create({"item_id": item.id} | ({} if amount is None else {"amount": amount}))
            for item, amount in parts.items()
        ]
        return (
            self.env["collection.dispute"]
            .with_user(user or self.collector)
            .create(
                {
                    "case_id": case.id,
                    "kind": "quantity",
                    "description": "Two of the ten boxes were missing.",
                    "line_ids": lines,
                    **values,
                }
            )
        )

    def _answer(self, dispute, resolution, *, user=None, credit=None, days=10, **values):
        """``user`` (default: the collector) answers in the dialog.

        :param credit: what is credited of each disputed item in their order, where the customer is right in part
        :param days: until the new due date
        """
        dialog = self.env["collection.dispute.resolution"].with_user(user or self.collector)
        values = {"finding": "The delivery note shows eight boxes.", "resolution": resolution, **values}
        if resolution != "upheld":
            values.setdefault("date_due_new", fields.Date.add(MONDAY, days=days))
        dialog = dialog.create({"dispute_id": dispute.id, **values})
        for line, amount in zip(dialog.line_ids, credit or (), strict=False):
            line.amount_upheld = amount
        dialog.action_answer()
        self.env.invalidate_all()
        return dialog
