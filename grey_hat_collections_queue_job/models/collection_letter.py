from odoo import models
from odoo.tools import split_every

CHANNEL = "root.collections_letters"
#: Letters that jobs are asked for in one transaction; the first of them may leave while the others are still asked for.
BATCH = 100


class CollectionLetter(models.Model):
    """Sending, shared out: each letter is a job, which any host may take up."""

    _inherit = "collection.letter"

    def _send_in_turn(self):
        """Ask for a job for each of these letters that none waits for; what is not reached waits for the next turn."""
        jobs = self.env["queue.job"]
        if jobs._collections_unavailable(CHANNEL):
            super()._send_in_turn()
            return
        for ids in split_every(BATCH, self.ids):
            letters = self.browse(ids)
            asked = jobs._collections_asked_for(letters.mapped(_job_key))
            letters.filtered(lambda letter, asked=asked: _job_key(letter) not in asked)._ask_for_jobs()
            left = self.env["ir.cron"]._commit_progress(len(ids))
            if not left:
                return

    def _ask_for_jobs(self):
        """Ask for a job for each of these letters. It claims the letter first: run twice, it sends once."""
        for letter in self:
            letter.with_context(company_id=letter.company_id.id).with_delay(  # see collection.case._ask_for_job
                identity_key=_job_key(letter),
                description=self.env._(
                    "Collections: send %(letter)s to %(customer)s",
                    letter=letter.name,
                    customer=letter.partner_id.display_name,
                ),
            )._send_alone()


def _job_key(letter):
    return f"collection.letter/{letter.id}"
