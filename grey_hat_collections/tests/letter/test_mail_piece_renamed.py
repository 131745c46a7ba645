from odoo.tests import tagged

from ..common import MONDAY
from .mail_piece_common import MailPieceCommon

OLD_FILTER = "[('state', '=', 'posted'), ('posting_ref', '=', False)]"
NEW_FILTER = "[('state', '=', 'mailed'), ('certified_number', '=', False)]"
#: As an installation of before has them: the record is a posting, with a number and a day of its own words.
AS_BEFORE = """
    ALTER TABLE collection_mail_piece RENAME TO collection_posting;
    ALTER SEQUENCE collection_mail_piece_id_seq RENAME TO collection_posting_id_seq;
    ALTER TABLE collection_posting RENAME COLUMN certified_number TO posting_ref;
    ALTER TABLE collection_posting RENAME COLUMN date_mailed TO date_posted;
    ALTER TABLE collection_posting RENAME CONSTRAINT collection_mail_piece_letter_id_fkey TO collection_posting_letter_id_fkey;
    ALTER INDEX collection_mail_piece_unique_name RENAME TO collection_posting_unique_name;
    ALTER INDEX collection_mail_piece_unique_certified_number RENAME TO collection_posting_unique_posting_ref;
    ALTER INDEX collection_mail_piece_unique_piece RENAME TO collection_posting_unique_posting;
    UPDATE collection_posting SET state = 'to_post' WHERE state = 'to_mail';
    UPDATE collection_posting SET state = 'posted' WHERE state = 'mailed';
    UPDATE ir_model SET model = 'collection.posting' WHERE model = 'collection.mail.piece';
    UPDATE ir_model_fields SET model = 'collection.posting' WHERE model = 'collection.mail.piece';
    UPDATE ir_model_fields SET name = 'posting_ref' WHERE model = 'collection.posting' AND name = 'certified_number';
    UPDATE ir_model_fields SET name = 'date_posted' WHERE model = 'collection.posting' AND name = 'date_mailed';
    UPDATE ir_model_fields_selection SET value = 'posted' WHERE value = 'mailed'
       AND field_id = (SELECT id FROM ir_model_fields WHERE model = 'collection.posting' AND name = 'state');
    UPDATE ir_attachment SET res_model = 'collection.posting' WHERE res_model = 'collection.mail.piece';
    UPDATE ir_filters SET model_id = 'collection.posting' WHERE model_id = 'collection.mail.piece';
    UPDATE ir_model_data SET name = REPLACE(name, 'collection_mail_piece', 'collection_posting')
     WHERE module = 'grey_hat_collections' AND POSITION('mail_piece_dialog' IN name) = 0;
    UPDATE ir_model_data SET name = 'constraint_collection_posting_unique_posting_ref'
     WHERE name = 'constraint_collection_posting_unique_certified_number';
    UPDATE ir_model_data SET name = 'constraint_collection_posting_unique_posting'
     WHERE name = 'constraint_collection_posting_unique_piece';
    UPDATE ir_model_data SET name = 'field_collection_posting__posting_ref'
     WHERE name = 'field_collection_posting__certified_number';
    UPDATE ir_model_data SET name = 'selection__collection_posting__state__posted'
     WHERE name = 'selection__collection_posting__state__mailed';
"""


@tagged("post_install", "-at_install")
class TestMailPieceRenamed(MailPieceCommon):
    """What was a posting is a mail piece: an upgrade finds each of them, with its receipt, and the filters people have saved."""

    def _known(self):
        """What the database knows by the name of the record: external ids, relations, fields."""
        self.env.flush_all()
        self.cr.execute(
            """SELECT name FROM ir_model_data WHERE module = 'grey_hat_collections'
                UNION ALL SELECT relname FROM pg_class WHERE relname ~ 'posting|mail_piece'
                UNION ALL SELECT conname FROM pg_constraint WHERE conrelid::regclass::text ~ 'posting|mail_piece'
                UNION ALL SELECT model || name FROM ir_model_fields WHERE model ~ 'posting|mail.piece'
                ORDER BY 1"""
        )
        return [name for (name,) in self.cr.fetchall()]

    def test_a_posting_of_before_is_found_as_a_mail_piece(self):
        mailed, _letter, piece = self._on_paper()
        self._post(piece, MONDAY)
        piece.sudo().write({"certified_number": "RR 1", "receipt": "cGFwZXI=", "receipt_name": "receipt.txt"})
        _case, _letter, waiting = self._on_paper("Waits")
        saved = self.env["ir.filters"].create(
            {"name": "No number", "model_id": "collection.mail.piece", "domain": NEW_FILTER, "user_ids": []}
        )
        known = self._known()
        self.cr.execute(AS_BEFORE)
        self.cr.execute("UPDATE ir_filters SET domain = %s WHERE id = %s", [OLD_FILTER, saved.id])
        self.assertNotEqual(self._known(), known)
        self._upgrade("19.0.1.5.0", "pre-rename", "19.0.1.4.0")
        self.assertEqual(set(self._known()) ^ set(known), set())
        self.assertRecordValues(
            piece | waiting,
            [
                {"state": "mailed", "date_mailed": MONDAY, "certified_number": "RR 1", "receipt": b"cGFwZXI="},
                {"state": "to_mail", "date_mailed": False, "certified_number": False, "receipt": False},
            ],
        )
        self.assertEqual((saved.model_id, saved.domain), ("collection.mail.piece", NEW_FILTER))
        self.assertEqual(mailed.letter_ids.piece_ids, piece)

    def test_a_second_time_changes_nothing(self):
        self._on_paper()
        known = self._known()
        self._upgrade("19.0.1.5.0", "pre-rename", "19.0.1.4.0")
        self.assertEqual(self._known(), known)
