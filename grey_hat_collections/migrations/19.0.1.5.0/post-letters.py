"""The letter of a step under way was found by its step and round; the case names it now."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE collection_case kase
           SET pending_letter_id = letter.id
          FROM collection_letter letter
         WHERE letter.case_id = kase.id
           AND letter.step_id = kase.pending_step_id
           AND letter.round = kase.round
           AND letter.state != 'cancelled'"""
    )
