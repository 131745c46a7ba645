from contextlib import contextmanager

from odoo import models
from odoo.tools import split_every

from ..base.batch import BATCH
from ..base.undone import REHEARSAL, undone
from ..ledger.ledger import FIGURE_FIELDS

OLDEST_DUE = FIGURE_FIELDS.index("oldest_due_date")


class CollectionCase(models.Model):
    """What the daily run would do: it is done, looked at and taken back."""

    _inherit = "collection.case"

    @contextmanager
    def _rehearse_run(self, company, most):
        """The cases of ``company`` as the daily run would leave them, while this lasts; nothing of it remains. The
        rules at work are those of the run, so what is read off them is what would happen now.

        :param int most: how many new cases are tried out, those with the oldest items first
        :return: the cases that the run would open or decide on, in superuser mode; how many it would open in all; those of
            these cases that are new
        """
        # sudo: figures, steps and letters are written by the rules only; callers say who may look at them
        acting = self.sudo().with_company(company).with_context(collection_rehearsal=REHEARSAL)
        with undone(acting) as cases:
            company = company.with_env(cases.env)
            _known, candidates = cases._refresh_known(company)
            oldest = sorted(candidates.items(), key=lambda one: (one[1][OLDEST_DUE], one[0]))[:most]
            opened = cases.browse()
            for batch in split_every(BATCH, oldest):
                opened |= cases._open(dict(batch))
                cases._end_batch()
            due = cases.search(cases._domain_of_run(company), limit=most)
            for ids in split_every(BATCH, due.ids):
                cases.browse(ids)._run_batch()
                cases._end_batch()
            yield due, len(candidates), opened & due

    def _end_batch(self):
        """Decide what waits for it, as a commit would; the cache of one batch is of no use to the next."""
        self.env.cr.flush()
        self.env.invalidate_all()
