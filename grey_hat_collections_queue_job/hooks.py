"""What happens once, when the add-on goes."""

from .models import collection_case, collection_letter


def uninstall_hook(env):
    """Forget our jobs. The scheduled actions do themselves what waits, and a job whose model has gone as well is an error for
    whoever looks at the queue.
    """
    channels = (collection_case.CHANNEL, collection_letter.CHANNEL)
    env["queue.job"].search([("channel", "in", channels)]).unlink()
