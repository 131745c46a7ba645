"""What happens once, when the add-on is installed."""


def post_init_hook(env):
    """Give the companies that exist already the standard policy; new companies get it by default."""
    standard = env.ref("grey_hat_collections.policy_standard")
    env["res.company"].search([("collection_policy_id", "=", False)]).collection_policy_id = standard
