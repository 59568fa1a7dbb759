# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Rows by the thousand: copies of rows that Odoo itself made, so that no column is forgotten in either database."""

from collections.abc import Mapping, Sequence

from odoo.sql_db import Cursor
from odoo.tools import SQL


def multiply(cr: Cursor, table: str, ids: Sequence[int], count: int, overrides: Mapping[str, str]) -> range:
    """Copy rows ``count`` times.

    :param ids: the rows to copy
    :param overrides: SQL expressions of the columns that differ; they may use the row ``source``, the number ``n`` of
        the copy (from 1), and the new id ``copy.id``
    :return: the ids of the new rows: all copies of the first round, then of the second …
    """
    cr.execute(SQL(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attname != 'id'", table,
    ))
    names = [name for (name,) in cr.fetchall()]
    values = [SQL(overrides[name]) if name in overrides else SQL.identifier("source", name) for name in names]
    cr.execute(SQL("SELECT COALESCE(MAX(id), 0) + 1 FROM %s", SQL.identifier(table)))
    first = cr.fetchone()[0]
    cr.execute(SQL(
        """
        INSERT INTO %(table)s (id, %(names)s)
        SELECT copy.id, %(values)s
          FROM (
                SELECT %(first)s - 1 + row_number() OVER (ORDER BY n, source.id) AS id, n, source.id AS source_id
                  FROM %(table)s source CROSS JOIN generate_series(1, %(count)s) n
                 WHERE source.id IN %(ids)s
               ) copy (id, n, source_id)
          JOIN %(table)s source ON source.id = copy.source_id
      ORDER BY copy.id
        """,
        table=SQL.identifier(table), names=SQL(", ").join(map(SQL.identifier, names)), values=SQL(", ").join(values),
        first=first, count=count, ids=tuple(ids),
    ))
    last = first + count * len(ids) - 1
    cr.execute(SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", table, last))
    return range(first, last + 1)
