"""Backups of PostgreSQL: pg_dump of one snapshot, and restoring it in one transaction."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
from psycopg import IsolationLevel, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from timetracker.backups.archive import BackupError
from timetracker.backups.figures import Query, ReadFigures, count_rows
from timetracker.db.migrated import Migration

NAME = "timetracker.dump"
_TABLES = (
    "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
)
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_EMPTY_SCHEMA = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', found.name); END LOOP;
    FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p
        LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
        WHERE p.pronamespace = current_schema()::regnamespace AND d.objid IS NULL
    LOOP EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', found.name); END LOOP;
END $$
"""


def find_conninfo(settings_dict: dict[str, Any]) -> str:
    """Returns libpq's connection string for a database of Django's settings, without the server's timeouts."""
    options = settings_dict["OPTIONS"]
    ours = {"pool", "options", "assume_role", "isolation_level", "server_side_binding", "prepare_threshold"}
    parts = {
        "host": settings_dict["HOST"],
        "port": settings_dict["PORT"],
        "user": settings_dict["USER"],
        "password": settings_dict["PASSWORD"],
        "dbname": settings_dict["NAME"],
        **{name: value for name, value in options.items() if name not in ours},
    }
    return make_conninfo(**{name: value for name, value in parts.items() if value not in {None, ""}})


def copy_database(conninfo: str, copy: Path, read_figures: ReadFigures) -> dict[str, Any]:
    """Dumps a database that is in use into a new file, and returns the figures of the state that was dumped."""
    with _connected(conninfo) as connection:
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchall()[0][0]
        figures = _read(connection, read_figures)
        _run(
            "pg_dump", conninfo, "--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", f"--file={copy}"
        )
    return figures


def check_alone(conninfo: str) -> None:
    """Raises BackupError while the database has any other connection, from any machine."""
    with _connected(conninfo) as connection:
        if others := connection.execute(_OTHERS).fetchall()[0][0]:
            raise BackupError(
                f"{others} others are connected to the database. Stop every server, and what else uses it."
            )


def read_migrations(copy: Path) -> set[Migration]:
    """Returns the migrations that were applied to the database of a dump, without loading the dump."""
    text = _run("pg_restore", "", "--data-only", "--table=django_migrations", "--file=-", str(copy))
    rows = [line.split("\t") for line in text.splitlines() if "\t" in line]  # id, app, name, applied
    return {(app, name) for _id, app, name, _applied in rows}


def load_database(conninfo: str, copy: Path) -> None:
    """Replaces all tables of a database by those of a dump, in one transaction."""
    script = copy.with_name(f"{copy.name}.sql")
    try:
        _run("pg_restore", "", "--no-owner", "--no-acl", f"--file={script}", str(copy))
        script.chmod(0o600)
        _run(
            "psql", conninfo, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
            f"--command={_EMPTY_SCHEMA}", f"--file={script}",
        )  # fmt: skip
    finally:
        script.unlink(missing_ok=True)


def check_database(conninfo: str, read_figures: ReadFigures) -> dict[str, Any]:
    """Returns the figures of a database."""
    with _connected(conninfo) as connection:
        return _read(connection, read_figures)


@contextmanager
def scratch_database(conninfo: str) -> Iterator[str]:
    """Yields the connection string of a new, empty database on the same server, which is removed afterwards."""
    name = f"timetracker_drill_{token_hex(6)}"
    with _connected(conninfo) as connection:
        connection.autocommit = True
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupError(
                "The role may not make a database to try the backup in. Let it (ALTER ROLE … CREATEDB), or name an "
                "empty one: manage.py drill … --scratch postgresql://user:password@host/name."
            ) from error
    try:
        yield make_conninfo(conninfo, dbname=name)
    finally:
        with _connected(conninfo) as connection:
            connection.autocommit = True
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _connected(conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        with closing(psycopg.connect(conninfo)) as connection:
            yield connection
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be used: {str(error).strip()}.") from error


def _read(connection: psycopg.Connection[Any], read_figures: ReadFigures) -> dict[str, Any]:
    query: Query = lambda statement: connection.execute(statement.encode()).fetchall()  # noqa: E731
    return {"rows": count_rows(query, [row[0] for row in query(_TABLES)]), **read_figures(query)}


def _run(program: str, conninfo: str, *arguments: str) -> str:
    """Runs one of PostgreSQL's programs and returns its output.

    The password is passed in the environment, where `ps` does not show it.
    """
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"There is no {program}. Install PostgreSQL's client programs (Debian: postgresql-client).")
    parts: dict[str, Any] = dict(conninfo_to_dict(conninfo))
    password = parts.pop("password", None)
    environment = {**os.environ, "PGAPPNAME": program, **({"PGPASSWORD": str(password)} if password else {})}
    where = [f"--dbname={make_conninfo(**parts)}"] if conninfo else []
    done = subprocess.run(  # noqa: S603  # a program of PostgreSQL's, with our own arguments
        [path, *where, *arguments], env=environment, check=False, capture_output=True, text=True, errors="replace"
    )
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {done.stderr.strip()[:2000]}")
    return done.stdout
