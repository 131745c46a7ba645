"""What happens once, when the add-on is installed."""

from datetime import timedelta


def post_init_hook(env):
    """Give the companies that exist already the policies that new ones get by default, and begin the daily run in the
    morning of the main company.
    """
    # in UTC the shipped hour would be the evening before for a company in America
    cron = env.ref("grey_hat_collections.ir_cron_daily_run")
    cron.nextcall = env.company._collection_next_morning()
    # the thresholds follow it: by then the figures of the day are known
    thresholds = env.ref("grey_hat_collections.ir_cron_referral_thresholds")
    thresholds.nextcall = cron.nextcall + timedelta(minutes=30)
    standard = env.ref("grey_hat_collections.policy_standard")
    companies = env["res.company"].search([("collection_policy_id", "=", False)])
    companies.collection_policy_id = standard
    companies.filtered(lambda company: not company.collection_first_policy_id).collection_first_policy_id = env.ref(
        "grey_hat_collections.policy_gentle"
    )
