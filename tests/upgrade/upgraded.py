"""Compares an upgraded database with what was seen before: `python -m tests.upgrade.upgraded JSON`.

DATA_DIR names the folder of the database, which the present code has migrated. Prints a line for each difference, and
for each statement of the release before that the present schema does not take.
"""

import gzip
import json
import os
import sys
from datetime import datetime
from typing import Any

# Recorded along, and no statement about rows.
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "PRAGMA")


def main(path: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")
    import django

    django.setup()
    from tests.upgrade.states import differences, read_all

    with gzip.open(path, "rt") as file:
        content = json.load(file)
    replayed, failed = replay(content["statements"])
    for line in [*differences(content["answers"], read_all(datetime.fromisoformat(content["now"]))), *failed]:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"Sent {replayed} statements of the release before.\n")


def replay(statements: list[list[Any]]) -> tuple[int, list[str]]:
    """Sends statements in their order, in a transaction that is taken back. Returns how many, and those that failed."""
    from django.db import DatabaseError, connection, transaction

    failed, count = [], 0
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, params, many in statements:
            if sql.upper().startswith(CONTROL):
                continue
            count += 1
            try:
                with transaction.atomic():
                    (cursor.executemany if many else cursor.execute)(sql, params)
                    if cursor.description:
                        cursor.fetchall()
            except DatabaseError as error:
                failed.append(f"{error}: {sql[:300]}")
        transaction.set_rollback(True)
    return count, failed


if __name__ == "__main__":
    main(sys.argv[1])
