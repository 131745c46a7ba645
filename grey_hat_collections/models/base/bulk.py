import json

from odoo import api, models
from odoo.tools import SQL

#: Of how many records at the most the ORM writes what is stored, with its next flush.
FLUSH_LIMIT = 10
#: What says who wrote a record, and when.
STAMP = ("write_uid", "write_date")


class CollectionBulk(models.AbstractModel):
    """Records that the rules make, or write to, by the hundred: one statement for all of them.

    The ORM asks each new record for its defaults, rounds each amount by itself, looks at the company of everything that is
    linked, and writes a hundred rows at a time. That is right for what people and other programs do; where the rules write
    the same fields of a whole batch, all of it is known beforehand.
    """

    _name = "collection.bulk"
    _description = "Bulk Write Mixin"

    @api.model
    def _bulk_create(self, vals_list, currency):
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
        given, names = [*vals_list[0]], [*vals_list[0], *common]
        rows = [{"place": place} | self._to_columns(vals) for place, vals in enumerate(vals_list)]
        found = self.env.execute_query(
            SQL(
                """INSERT INTO %(table)s (%(names)s)
                   SELECT %(given)s, %(common)s
                     FROM json_to_recordset(%(rows)s) news (place int, %(types)s), json_to_record(%(same)s) same (%(same_types)s)
                 ORDER BY place
                RETURNING id""",
                table=SQL.identifier(self._table),
                names=SQL(", ").join(map(SQL.identifier, names)),
                given=self._columns_of("news", given, currency),
                common=self._columns_of("same", common, currency),
                rows=json.dumps(rows, default=str),
                types=self._types_of(given),
                same=json.dumps(self._to_columns(common), default=str),
                same_types=self._types_of(common),
            )
        )
        records = self.browse(record_id for (record_id,) in found)
        self._forget_inverses(names)
        records.modified(names, create=True)
        records._validate_fields(names)
        return records

    def _bulk_write(self, names, rows, currency=None):
        """Write fields of records: of many in one statement, of a few together with whatever else is written about them, with
        the next flush. Nothing that ``write`` is overridden for happens: no tracking, no check of what may be typed.

        A row that is written twice in one transaction costs the database a look at everything it refers to, and has to wait for
        who holds any of it. Of many, that is cheaper than to let the ORM flush; of a few, it is not.

        :param names: the fields; each has a column
        :param rows: by record id, the values in the order of ``names``
        :param currency: that of all amounts; they are rounded as it is. Left out, they are exact already
        """
        if not rows:
            return
        records, columns = self.browse(rows), list(zip(*rows.values(), strict=True))
        if len(rows) <= FLUSH_LIMIT:
            columns += [[value] * len(rows) for value in (self.env.uid, self.env.cr.now())]
            self._keep_for_flush(records, [*names, *STAMP], columns)
        else:
            records.flush_recordset([*names, *STAMP])
            self._update_rows(names, rows, currency)
            self._keep_as_read(records, names, columns)
        records.modified(names)

    def _bulk_write_of_free(self, names, rows, currency=None):
        """Write as :meth:`_bulk_write`, at once, and only those records that nobody else writes to: in one statement, for what
        is not written a second time in this transaction.

        :return: the records that were written
        """
        if not rows:
            return self.browse()
        self.browse(rows).flush_recordset([*names, *STAMP])
        written = self.browse(self._update_rows(names, rows, currency, free_only=True))
        columns = list(zip(*(rows[record_id] for record_id in written.ids), strict=True))
        self._keep_as_read(written, names, columns)
        written.modified(names)
        return written

    def _keep_as_read(self, records, names, columns):
        """Put values into the cache that the database holds already."""
        records.invalidate_recordset([*names, *STAMP], flush=False)
        for name, values in zip(names, columns, strict=True):
            self._fields[name]._insert_cache(records, self._as_cached(name, values))

    def _keep_for_flush(self, records, names, columns):
        """Put values into the cache, to be written with the next flush."""
        for name, values in zip(names, columns, strict=True):
            for record, value in zip(records, self._as_cached(name, values), strict=True):
                self._fields[name]._update_cache(record, value, dirty=True)

    def _as_cached(self, name, values):
        return [self._fields[name].convert_to_cache(value, self, validate=False) for value in values]

    def _update_rows(self, names, rows, currency, *, free_only=False):
        """The statement of :meth:`_bulk_write`, or of :meth:`_bulk_write_of_free`.

        :return: the ids of what was written
        """
        changes = [
            {"id": record_id} | self._to_columns(dict(zip(names, values, strict=True)))
            for record_id, values in rows.items()
        ]
        free = SQL(
            "AND %(table)s.id IN (SELECT id FROM %(table)s WHERE id = ANY(%(ids)s) FOR NO KEY UPDATE SKIP LOCKED)",
            table=SQL.identifier(self._table),
            ids=list(rows),
        )
        written = self.env.execute_query(
            SQL(
                """UPDATE %(table)s SET (%(columns)s, write_uid, write_date) = ROW(%(values)s, %(uid)s, %(now)s)
                     FROM json_to_recordset(%(rows)s) news (id int, %(types)s)
                    WHERE news.id = %(table)s.id %(free)s
                RETURNING %(table)s.id""",
                table=SQL.identifier(self._table),
                columns=SQL(", ").join(map(SQL.identifier, names)),
                values=self._columns_of("news", names, currency),
                rows=json.dumps(changes, default=str),
                types=self._types_of(names),
                uid=self.env.uid,
                now=self.env.cr.now(),
                free=free if free_only else SQL(),
            )
        )
        return [record_id for (record_id,) in written]

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
