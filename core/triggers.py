"""Rules that only a database trigger can hold, in one registry.

Reinstalled after every migrate, because SQLite drops the triggers of a table that Django remakes.
An app registers its own in `apps.ready`; `installed()` is compared with the registry by a test and
by a system check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Trigger:
    """Refuse an event on a table.

    `event` is INSERT, UPDATE or DELETE. `refuse_when` maps a database vendor ("sqlite",
    "postgresql") to an SQL condition over NEW and OLD; a vendor that is missing gets no trigger
    (it holds the rule in another way). `message` is what the refused IntegrityError says.
    """

    name: str
    table: str
    event: str
    message: str
    refuse_when: Mapping[str, str]

    def create_sql(self, vendor: str) -> list[str]:
        condition = self.refuse_when[vendor]
        message = self.message.replace("'", "''")
        if vendor == "sqlite":
            return [
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}') WHERE {condition}; END"
            ]
        result = "OLD" if self.event == "DELETE" else "NEW"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION USING "
            f"ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}'; END IF; "
            f"RETURN {result}; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]


TRIGGERS: dict[str, Trigger] = {}


def register(*triggers: Trigger) -> None:
    """Add triggers to the registry. Called from an app's `ready`."""
    for trigger in triggers:
        TRIGGERS[trigger.name] = trigger


def append_only(table: str) -> tuple[Trigger, Trigger]:
    """Two triggers that refuse to change or delete a row of `table`."""
    always = {"sqlite": "1", "postgresql": "TRUE"}
    return (
        Trigger(f"{table}_no_update", table, "UPDATE", f"{table} is append-only.", always),
        Trigger(f"{table}_no_delete", table, "DELETE", f"{table} is append-only.", always),
    )


def wanted(vendor: str) -> set[str]:
    """Names of the triggers that a database of this vendor should have."""
    return {name for name, trigger in TRIGGERS.items() if vendor in trigger.refuse_when}


def installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the user triggers that the database has now."""
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


def uninstall(using: str = "default") -> None:
    """Drop every registered trigger (before a table is emptied between tests)."""
    connection = connections[using]
    present = installed(connection)
    with connection.cursor() as cursor:
        for trigger in TRIGGERS.values():
            if trigger.name in present:
                on = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {trigger.name}{on}")


def install(using: str = "default") -> None:
    """Bring the database's triggers in line with the registry, whatever is there now."""
    connection = connections[using]
    uninstall(using)
    with connection.cursor() as cursor:
        for name in sorted(wanted(connection.vendor)):
            for statement in TRIGGERS[name].create_sql(connection.vendor):
                cursor.execute(statement)
