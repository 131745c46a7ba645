"""What happens once, when the add-on goes."""

from odoo.addons.queue_job.job import ENQUEUED, PENDING

from .models import collection_case, collection_letter


def uninstall_hook(env):
    """Cancel what still waits: the scheduled actions do the work themselves again, and nobody would know these jobs."""
    channels = (collection_case.CHANNEL, collection_letter.CHANNEL)
    env["queue.job"].search([("channel", "in", channels), ("state", "in", (PENDING, ENQUEUED))]).button_cancelled()
