"""What happens once, when the add-on is installed."""


def post_init_hook(env):
    """Give the companies that exist already the standard policy, as new ones get by default, and begin the daily run in
    the morning of the main company.
    """
    # in UTC the shipped hour would be the evening before for a company in America
    cron = env.ref("grey_hat_collections.ir_cron_daily_run")
    cron.nextcall = env.company._collection_next_morning()
    standard = env.ref("grey_hat_collections.policy_standard")
    env["res.company"].search([("collection_policy_id", "=", False)]).collection_policy_id = standard
