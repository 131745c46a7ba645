"""Names that have changed: the day until which a decision holds, and the answer to a dispute, which is a resolution now."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists

#: A stored field: its model, what it was called, what it is called now.
FIELDS = [("collection.case", "look_date", "next_decision_date")]
#: A choice of a field: model, field, what was stored, what is stored now.
CHOICES = [("collection.letter", "kind", "verdict", "resolution")]
#: Part of the external ids of views and e-mails: what it was, what it is now.
RECORDS = [("verdict", "resolution")]


def migrate(cr, version):
    if not version:
        return
    for model, old, new in FIELDS:
        _rename_field(cr, model, old, new)
    for model, field, old, new in CHOICES:
        _rename_choice(cr, model, field, old, new)
    for old, new in RECORDS:
        cr.execute(
            SQL(
                """UPDATE ir_model_data
                      SET name = REPLACE(name, %(old)s, %(new)s)
                    WHERE module = 'grey_hat_collections' AND model IN ('ir.ui.view', 'mail.template')
                      AND POSITION(%(old)s IN name) > 0""",
                old=old,
                new=new,
            )
        )


def _rename_field(cr, model, old, new):
    """The column, what Odoo knows of the field, and the filters that people have saved."""
    table = model.replace(".", "_")
    if not column_exists(cr, table, old) or column_exists(cr, table, new):
        return
    cr.execute(
        SQL("ALTER TABLE %s RENAME COLUMN %s TO %s", SQL.identifier(table), SQL.identifier(old), SQL.identifier(new))
    )
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


def _rename_record(cr, old, new):
    cr.execute(SQL("UPDATE ir_model_data SET name = %s WHERE module = 'grey_hat_collections' AND name = %s", new, old))
