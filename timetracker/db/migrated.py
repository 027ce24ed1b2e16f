"""Checks whether a database has the migrations that the code needs."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from timetracker.db.reachable import lone_connection

Migration = tuple[str, str]
"""The app and the name of a migration."""


def find_missing_migrations(connection: Any) -> list[str]:
    """Returns the unapplied migrations of a database, as `app.name`, in order. A database of a later release has none.

    Raises DatabaseError.
    """
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def find_unknown_migrations(applied: Iterable[Migration]) -> list[str]:
    """Returns the applied migrations that this code lacks, which are of a later release, as `app.name`, sorted."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    known = {*loader.disk_migrations}.union(*(each.replaces for each in loader.disk_migrations.values()))
    return sorted(f"{app}.{name}" for app, name in {*applied} - known)


def require_migrated(database: dict[str, Any]) -> None:
    """Raises ImproperlyConfigured, with a sentence, if an entry of DATABASES has unapplied migrations."""
    with lone_connection(database) as connection:
        try:
            missing = find_missing_migrations(connection)
        except DatabaseError as error:
            raise ImproperlyConfigured(f"The migrations of {database['NAME']} cannot be read: {error}.") from error
        finally:
            _close_shared()
    if missing:
        raise ImproperlyConfigured(
            f"The database {database['NAME']} is of an earlier release: {len(missing)} migrations are missing, from "
            f"{missing[0]} on. Run manage.py release, or start with script/server, which does."
        )


def _close_shared() -> None:
    """Closes the default connection and its pool, which Django's MigrationRecorder opened.

    Workers that are forked later would share its socket, and read each other's answers.
    """
    shared: Any = connections[DEFAULT_DB_ALIAS]
    shared.close()
    if hasattr(shared, "close_pool"):
        shared.close_pool()
