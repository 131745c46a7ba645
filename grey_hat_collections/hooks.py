"""What happens once, when the add-on is installed, and when it goes."""

from datetime import timedelta

from odoo.fields import Domain
from odoo.tools import SQL

#: Records of other models that name a model by its text, which no database key takes away with it. One that named ours would be
#: of no use to anybody, or an error for whoever opens it.
NAMING_A_MODEL = (
    ("ir.actions.act_window", "res_model"),
    ("ir.actions.report", "model"),
    ("ir.exports", "resource"),
    ("ir.filters", "model_id"),
    ("mail.scheduled.message", "model"),
)


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
    env["res.company"]._collection_tell_of_others(env["res.company"].search([]))


def uninstall_hook(env):
    """Let go of what is used, so that Odoo can take it all away, and take along what Odoo would leave lying about."""
    env.flush_all()
    models = [name for name, model in env.registry.items() if model._original_module == "grey_hat_collections"]
    _release_each_other(env, [env[name]._table for name in models])
    _release_activity_types(env)
    _forget_models(env, models)
    env.invalidate_all()


def _release_each_other(env, tables):
    """Our tables are about to be dropped. Until then, none of them keeps Odoo from deleting what another needs no longer."""
    keys = env.execute_query(
        SQL(
            """SELECT pg_class.relname, pg_constraint.conname
                 FROM pg_constraint
                 JOIN pg_class ON pg_class.oid = conrelid
                WHERE contype = 'f' AND confdeltype IN ('a', 'r') AND relname IN %s
                  AND relnamespace = current_schema::regnamespace""",
            tuple(tables),
        )
    )
    for table, key in keys:
        env.cr.execute(SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(key)))


def _release_activity_types(env):
    """What people have planned elsewhere with a type of ours goes on as a plain to-do: on a customer, in a plan, in a rule."""
    types = env["ir.model.data"].search([("module", "=", "grey_hat_collections"), ("model", "=", "mail.activity.type")])
    todo = env.ref("mail.mail_activity_data_todo")
    users = env.execute_query(
        SQL(
            """SELECT conrelid::regclass::text, attname
                 FROM pg_constraint
                 JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
                WHERE contype = 'f' AND confdeltype IN ('a', 'r') AND confrelid = 'mail_activity_type'::regclass"""
        )
    )
    for table, column in users:
        env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = %(todo)s WHERE %(column)s IN %(types)s",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                todo=todo.id,
                types=tuple(types.mapped("res_id")),
            )
        )


def _forget_models(env, models):
    """What people have made for our records, such as favourites and templates of exports. What we shipped goes by itself."""
    is_shipped = Domain("module", "=", "grey_hat_collections")
    names = env["ir.model.data"]
    for model, field in NAMING_A_MODEL:
        shipped = names.search(is_shipped & Domain("model", "=", model)).mapped("res_id")
        env[model].with_context(active_test=False).search([(field, "in", models), ("id", "not in", shipped)]).unlink()
    names.search(Domain("model", "in", models) & ~is_shipped).unlink()
