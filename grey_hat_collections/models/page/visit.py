from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

#: For so long it is known how often somebody has asked.
KEPT = timedelta(hours=1)


class CollectionPageVisit(models.Model):
    """How often somebody has asked for a page within the hour, known by a keyed hash: neither token nor address is kept."""

    _name = "collection.page.visit"
    _description = "Visits to Customers' Pages"
    _inherit = ["collection.door"]
    _log_access = False

    key = fields.Char(required=True, groups=fields.NO_ACCESS)
    since = fields.Datetime(required=True)
    count = fields.Integer(required=True)

    _unique_key = models.UniqueIndex("(key)", "This visitor is counted already.")

    @api.model
    def _is_too_often(self, scope, visitor, limit):
        """Count one more visit, and say whether there were more than ``limit`` within the hour. Needs superuser mode.

        :param scope: what is counted, such as ``token`` or ``address``
        :param visitor: who, as text; only its keyed hash is kept
        """
        key = hmac(self.env, f"collection_page_{scope}", visitor)
        now = fields.Datetime.now()
        [(count,)] = self.env.execute_query(
            SQL(
                """INSERT INTO collection_page_visit (key, since, count) VALUES (%(key)s, %(now)s, 1)
              ON CONFLICT (key) DO UPDATE
                      SET count = CASE WHEN collection_page_visit.since < %(before)s THEN 1
                                       ELSE collection_page_visit.count + 1 END,
                          since = CASE WHEN collection_page_visit.since < %(before)s THEN %(now)s
                                       ELSE collection_page_visit.since END
                RETURNING count""",
                key=key,
                now=now,
                before=now - KEPT,
            )
        )
        return count > limit

    @api.autovacuum
    def _forget(self):
        """After an hour nothing of a visitor is left."""
        self.sudo().search([("since", "<", fields.Datetime.now() - KEPT)]).unlink()  # nobody reads them
