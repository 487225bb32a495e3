"""Every row of every table, to see that nothing was written."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection


def everything(but: Collection[str] = ()) -> dict[str, list[str]]:
    """Table → its rows, as the database has them."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table not in but:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                found[table] = sorted(repr(one) for one in cursor.fetchall())
    return found
