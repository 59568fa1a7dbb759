# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Two acts at once: under REPEATABLE READ a lock alone lets the second go on with what it saw before the first."""
from odoo.tools import SQL


def touch(records):
    """Write the rows of records without changing them, in one statement, whatever the user may write.

    Who decides by a record, or uses something of it up, calls it before he looks: of two transactions that do so at once only
    one is serialized, the other is tried again by Odoo and sees what the first did.

    :param records: of one model with a table of its own; none: nothing is done
    """
    if records.ids:
        table = SQL.identifier(records._table)
        # in the order of their ids, so that two who write the same rows do not wait for each other
        records.env.cr.execute(SQL(
            "UPDATE %(table)s SET id = id WHERE id IN "
            "(SELECT id FROM %(table)s WHERE id IN %(ids)s ORDER BY id FOR NO KEY UPDATE)",
            table=table, ids=tuple(records.ids),
        ))
