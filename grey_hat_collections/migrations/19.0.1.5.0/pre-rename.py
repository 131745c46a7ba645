"""Names that have changed: the day until which a decision holds, the resolution of a dispute, and the mail piece."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists

#: What a record was called, and what it is called now.
MODELS = [
    ("collection.posting", "collection.mail.piece"),
    ("collection.post.dialog", "collection.mail.piece.dialog"),
    ("collection.post.letters", "collection.mark.mailed"),
    ("collection.post.letters.line", "collection.mark.mailed.line"),
    ("collection.post.delivered", "collection.mark.delivered"),
    ("report.grey_hat_collections.report_posting", "report.grey_hat_collections.report_mail_piece"),
]
#: A field: its model as it is called now, what it was called, what it is called now.
FIELDS = [
    ("collection.case", "look_date", "next_decision_date"),
    ("collection.letter", "posting_ids", "piece_ids"),
    ("collection.mail.piece", "posting_ref", "certified_number"),
    ("collection.mail.piece", "date_posted", "date_mailed"),
    ("collection.mark.mailed.line", "posting_id", "piece_id"),
    ("collection.mark.mailed.line", "posting_ref", "certified_number"),
    ("collection.mark.delivered", "posting_id", "piece_id"),
    ("collection.returned.mail", "posting_id", "piece_id"),
    ("collection.returned.mail", "date_posted", "date_mailed"),
]
#: A choice of a field: model, field, what was stored, what is stored now.
CHOICES = [
    ("collection.letter", "kind", "verdict", "resolution"),
    ("collection.mail.piece", "state", "to_post", "to_mail"),
    ("collection.mail.piece", "state", "posted", "mailed"),
]
#: Part of the external ids of what the add-on brings along: what it was, what it is now.
RECORDS = [
    ("verdict", "resolution"),
    ("access_post_letters", "access_mark_mailed"),
    ("access_post_delivered", "access_mark_delivered"),
    ("menu_posting_register", "menu_mail_register"),
    ("collection_post_letters", "collection_mark_mailed"),
    ("collection_post_delivered", "collection_mark_delivered"),
    ("posting", "mail_piece"),
    ("_to_post", "_to_mail"),
]
#: Indexes and constraints whose name says more than the table.
INDEXES = [("unique_posting_ref", "unique_certified_number"), ("unique_posting", "unique_piece")]
#: What is known by an external id and is loaded from our files.
LOADED = (
    "ir.actions.act_window", "ir.actions.report", "ir.actions.server", "ir.model.access", "ir.rule", "ir.ui.menu", "ir.ui.view",
    "mail.template",
)  # fmt: skip
#: Where Odoo keeps the name of a record as text.
NAMED_IN = [
    ("ir_model", "model"),
    ("ir_model_fields", "model"),
    ("ir_model_fields", "relation"),
    ("ir_model_data", "model"),
    ("ir_ui_view", "model"),
    ("ir_act_window", "res_model"),
    ("ir_act_report_xml", "model"),
    ("ir_act_server", "model_name"),
    ("ir_attachment", "res_model"),
    ("ir_embedded_actions", "parent_res_model"),
    ("ir_exports", "resource"),
    ("ir_filters", "model_id"),
    ("mail_activity", "res_model"),
    ("mail_followers", "res_model"),
    ("mail_message", "model"),
    ("mail_scheduled_message", "model"),
    ("mail_template", "model"),
]


def migrate(cr, version):
    if not version:
        return
    for old, new in MODELS:
        _rename_model(cr, old, new)
    for model, old, new in FIELDS:
        _rename_field(cr, model, old, new)
    for model, field, old, new in CHOICES:
        _rename_choice(cr, model, field, old, new)
    for old, new in RECORDS:
        cr.execute(
            SQL(
                """UPDATE ir_model_data
                      SET name = REPLACE(name, %(old)s, %(new)s)
                    WHERE module = 'grey_hat_collections' AND model IN %(loaded)s AND POSITION(%(old)s IN name) > 0""",
                old=old,
                new=new,
                loaded=LOADED,
            )
        )


def _rename_model(cr, old, new):
    """The table with all that hangs on it, and each place where Odoo knows the record by its name."""
    for table, column in NAMED_IN:
        if column_exists(cr, table, column):
            where, said = SQL.identifier(table), SQL.identifier(column)
            cr.execute(SQL("UPDATE %s SET %s = %s WHERE %s = %s", where, said, new, said, old))
    was, becomes = old.replace(".", "_"), new.replace(".", "_")
    _rename_record(cr, f"model_{was}", f"model_{becomes}")
    for prefix in ("field_", "selection__", "model_inherit__"):  # those of a longer name follow with their own record
        _rename_records(cr, f"{prefix}{was}__", f"{prefix}{becomes}__")
    cr.execute(
        SQL(
            """UPDATE ir_model_data
                  SET name = REGEXP_REPLACE(name, %s, %s)
                WHERE module = 'grey_hat_collections' AND model = 'ir.model.inherit'""",
            f"__{was}$",
            f"__{becomes}",
        )
    )
    if table_exists(cr, was) and not table_exists(cr, becomes):
        cr.execute(SQL("ALTER TABLE %s RENAME TO %s", SQL.identifier(was), SQL.identifier(becomes)))
        _rename_parts(cr, was, becomes)


def _rename_parts(cr, was, becomes):
    """The sequence, the indexes and the constraints of a table, which are named after it, and what Odoo notes of them."""
    cr.execute(
        SQL("ALTER SEQUENCE IF EXISTS %s RENAME TO %s", *map(SQL.identifier, (f"{was}_id_seq", f"{becomes}_id_seq")))
    )
    cr.execute(
        SQL(
            """SELECT conname, TRUE FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype <> 'n'
                UNION ALL
               SELECT index.relname, FALSE
                 FROM pg_index JOIN pg_class index ON index.oid = indexrelid
                WHERE indrelid = %(table)s::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)""",
            table=becomes,
        )
    )
    for name, is_constraint in cr.fetchall():
        if not name.startswith(f"{was}_"):
            continue
        changed = becomes + name.removeprefix(was)
        for old, new in INDEXES:
            changed = changed.replace(old, new)
        changed = changed.replace("_posting_id", "_piece_id")
        table, old, new = map(SQL.identifier, (becomes, name, changed))
        if is_constraint:
            cr.execute(SQL("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", table, old, new))
        else:
            cr.execute(SQL("ALTER INDEX %s RENAME TO %s", old, new))
        cr.execute(SQL("UPDATE ir_model_constraint SET name = %s WHERE name = %s", changed, name))
        _rename_record(cr, f"constraint_{name}", f"constraint_{changed}")


def _rename_field(cr, model, old, new):
    """The column, what Odoo knows of the field, and the filters that people have saved."""
    table = model.replace(".", "_")
    if column_exists(cr, table, old) and not column_exists(cr, table, new):
        cr.execute(SQL("ALTER TABLE %s RENAME COLUMN %s TO %s", *map(SQL.identifier, (table, old, new))))
    cr.execute(SQL("UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s", new, model, old))
    _rename_record(cr, f"field_{table}__{old}", f"field_{table}__{new}")
    for column in ("context", "domain", "sort"):
        cr.execute(
            SQL(
                "UPDATE ir_filters SET %(column)s = REGEXP_REPLACE(%(column)s, %(old)s, %(new)s, 'g') WHERE model_id = %(model)s",
                column=SQL.identifier(column),
                old=rf"\m{old}\M",
                new=new,
                model=model,
            )
        )


def _rename_choice(cr, model, field, old, new):
    table = model.replace(".", "_")
    if not column_exists(cr, table, field):
        return  # the records came with a later release
    column = SQL.identifier(field)
    cr.execute(SQL("UPDATE %s SET %s = %s WHERE %s = %s", SQL.identifier(table), column, new, column, old))
    cr.execute(
        SQL(
            """UPDATE ir_model_fields_selection choice
                  SET value = %s
                 FROM ir_model_fields field
                WHERE field.id = choice.field_id AND field.model = %s AND field.name = %s AND choice.value = %s""",
            new,
            model,
            field,
            old,
        )
    )
    _rename_record(cr, f"selection__{table}__{field}__{old}", f"selection__{table}__{field}__{new}")
    cr.execute(
        SQL(
            "UPDATE ir_filters SET domain = REGEXP_REPLACE(domain, %s, %s, 'g') WHERE model_id = %s",
            rf"""(['"])\m{old}\M(['"])""",
            rf"\1{new}\2",
            model,
        )
    )


def _rename_record(cr, old, new):
    cr.execute(SQL("UPDATE ir_model_data SET name = %s WHERE module = 'grey_hat_collections' AND name = %s", new, old))


def _rename_records(cr, old, new):
    """The external ids that begin so."""
    cr.execute(
        SQL(
            """UPDATE ir_model_data
                  SET name = %(new)s || SUBSTRING(name FROM %(past)s)
                WHERE module = 'grey_hat_collections' AND STARTS_WITH(name, %(old)s)""",
            old=old,
            new=new,
            past=len(old) + 1,
        )
    )
