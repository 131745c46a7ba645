import logging

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.queue_job.job import ENQUEUED, PENDING, STARTED
from odoo.addons.queue_job.utils import must_run_without_delay

_logger = logging.getLogger(__name__)

#: Hours that a job may wait while nobody takes up any job at all, before we do without the queue.
HOURS_OF_SILENCE = 1


class QueueJob(models.Model):
    """What collections want to know of the queue before they ask it for something."""

    _inherit = "queue.job"

    @api.model
    def _collections_unavailable(self, channel):
        """Whether the work of ``channel`` had better be done at once: nobody takes up jobs, or none are wanted.

        A server without a job runner would let jobs wait for ever: nothing would be decided, nothing sent, nobody told.
        """
        if must_run_without_delay(self.env):
            return True
        limit = fields.Datetime.subtract(fields.Datetime.now(), hours=HOURS_OF_SILENCE)
        waits = Domain([("channel", "=", channel), ("state", "in", (PENDING, ENQUEUED)), ("date_created", "<", limit)])
        jobs = self.sudo()  # the queue belongs to its managers; whoever runs the scheduled action need not be one
        if not jobs.search_count(waits & Domain(Domain("eta", "=", False) | Domain("eta", "<", limit)), limit=1):
            return False
        if jobs.search_count([("date_started", ">=", limit)], limit=1):
            return False
        _logger.warning(
            "Jobs in %s have waited for %s hours and no job at all was taken up: is a job runner alive? "
            "Their work is done without the queue meanwhile",
            channel,
            HOURS_OF_SILENCE,
        )
        return True

    @api.model
    def _collections_asked_for(self, keys):
        """Those of these identity keys that a job waits for or works on already."""
        jobs = self.sudo()  # as above
        return set(
            jobs.search([("identity_key", "in", list(keys)), ("state", "in", (PENDING, ENQUEUED, STARTED))]).mapped(
                "identity_key"
            )
        )
