import json

from odoo import api, models
from odoo.tools import SQL


class CollectionBulk(models.AbstractModel):
    """Records that the rules make, or write to, by the hundred: one statement for all of them.

    The ORM asks each new record for its defaults, rounds each amount by itself, looks at the company of everything that is
    linked, and writes a hundred rows at a time. That is right for what people and other programs do; where the rules write
    the same fields of a whole batch, all of it is known beforehand.
    """

    _name = "collection.bulk"
    _description = "Made and Written by the Hundred"

    @api.model
    def _insert(self, vals_list, currency):
        """Create records, all in one statement.

        As with ``create``, defaults are filled in, and computed fields and constraints hold. What else ``create`` is overridden
        for does not happen, and companies are not compared: whoever calls this has all values from records of one company.
        Needs superuser mode.

        :param vals_list: the values of each, as for ``create``; all about the same fields, which have a column
        :param currency: that of all amounts; they are rounded as it is
        :return: the new records, in the order of ``vals_list``
        """
        if not vals_list:
            return self.browse()
        common = self._common_values(set(vals_list[0]))
        names = [*vals_list[0], *common]
        rows = [{"place": place} | self._to_columns(vals | common) for place, vals in enumerate(vals_list)]
        found = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM json_to_recordset(%s) news (place int, %s) ORDER BY place RETURNING id",
                SQL.identifier(self._table),
                SQL(", ").join(map(SQL.identifier, names)),
                self._columns_of("news", names, currency),
                json.dumps(rows, default=str),
                self._types_of(names),
            )
        )
        records = self.browse(record_id for (record_id,) in found)
        self._forget_inverses(names)
        records.modified(names, create=True)
        records._validate_fields(names)
        return records

    def _store(self, names, rows, currency=None):
        """Write fields of many records, in one statement. Nothing that ``write`` is overridden for happens: no tracking, no
        check of what may be typed.

        :param names: the fields; each has a column
        :param rows: by record id, the values in the order of ``names``
        :param currency: that of all amounts; they are rounded as it is. Left out, they are exact already
        """
        if not rows:
            return
        records = self.browse(rows)
        written = [*names, "write_uid", "write_date"]
        records.flush_recordset(written)
        changes = [
            {"id": record_id} | self._to_columns(dict(zip(names, values, strict=True)))
            for record_id, values in rows.items()
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s SET (%(columns)s, write_uid, write_date) = ROW(%(values)s, %(uid)s, %(now)s)
                     FROM json_to_recordset(%(rows)s) news (id int, %(types)s)
                    WHERE news.id = %(table)s.id""",
                table=SQL.identifier(self._table),
                columns=SQL(", ").join(map(SQL.identifier, names)),
                values=self._columns_of("news", names, currency),
                rows=json.dumps(changes, default=str),
                types=self._types_of(names),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        records.invalidate_recordset(written, flush=False)
        for place, name in enumerate(names):
            field = self._fields[name]
            field._insert_cache(
                records, [field.convert_to_cache(values[place], self, validate=False) for values in rows.values()]
            )
        records.modified(names)

    # -- Columns -------------------------------------------------------------------------------------------------

    @api.model
    def _common_values(self, given):
        """What all new records have in common: defaults of what is not ``given``, and who makes them when."""
        columns = [name for name, field in self._fields.items() if field.store and field.column_type]
        stamp = dict.fromkeys(("create_uid", "write_uid"), self.env.uid)
        stamp |= dict.fromkeys(("create_date", "write_date"), self.env.cr.now())
        return self.default_get([name for name in columns if name not in given | {"id", *stamp}]) | stamp

    @api.model
    def _to_columns(self, values):
        """``values`` as JSON takes them to the database; what is empty is nothing there, except *no*."""
        return {
            name: None if value is False and self._fields[name].type != "boolean" else value
            for name, value in values.items()
        }

    @api.model
    def _columns_of(self, alias, names, currency):
        """SQL of the columns ``names`` of ``alias``, amounts rounded as ``currency`` is."""
        digits = currency.decimal_places if currency else None
        return SQL(", ").join(
            SQL("ROUND(%s, %s)", SQL.identifier(alias, name), digits)
            if currency and self._fields[name].type == "monetary"
            else SQL.identifier(alias, name)
            for name in names
        )

    @api.model
    def _types_of(self, names):
        """SQL of the columns ``names`` with their types."""
        return SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(self._fields[name].column_type[1])) for name in names
        )

    @api.model
    def _forget_inverses(self, names):
        """New records belong to lists of others that somebody may have read before."""
        for name in names:
            for inverse in self.pool.field_inverses[self._fields[name]]:
                self.env[inverse.model_name].invalidate_model([inverse.name], flush=False)
