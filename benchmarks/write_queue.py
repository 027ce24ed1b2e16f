"""How long writers wait for SQLite with and without the queue: `python benchmarks/write_queue.py [seconds]`.

Each of the writers is a process that does what a press of Start does to the disk (a read, three rows, one COMMIT), then
pauses as long as a request needs for the rest. The file is in the current folder, as its disk is the one that counts.
The two ways take turns, to be measured on the same machine in the same state.
"""

import itertools
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

WRITERS = 8
ROUNDS = 3
PAUSE_SECONDS = 0.005
WAYS = {"busy handler": "django.db.backends.sqlite3", "queue": "timetracker.db.sqlite"}


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    waits: dict[str, list[float]] = {way: [] for way in WAYS}
    for _round in range(ROUNDS):
        for way, engine in WAYS.items():
            waits[way] += measure(engine, seconds)
    print(f"{WRITERS} writers, {ROUNDS} x {seconds:g} s each, waits for the turn to write in ms\n")
    print(f"{'':14}{'writes/s':>10}{'p50':>10}{'p99':>10}{'longest':>10}")
    figures = {way: report(way, each, ROUNDS * seconds) for way, each in waits.items()}
    ratios = [old / new for old, new in zip(figures["busy handler"], figures["queue"], strict=True)]
    print(f"{'ratio':14}" + "".join(f"{ratio:10.2f}" for ratio in ratios))


def report(way: str, waits: list[float], seconds: float) -> list[float]:
    percentiles = statistics.quantiles(waits, n=100)
    figures = [len(waits) / seconds, percentiles[49] * 1000, percentiles[98] * 1000, max(waits) * 1000]
    print(f"{way:14}" + "".join(f"{figure:10.1f}" for figure in figures))
    return figures


def measure(engine: str, seconds: float) -> list[float]:
    """The waits of all writers."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = f"{folder}/time.sqlite3"
        spawn = multiprocessing.get_context("spawn")
        with spawn.Pool(WRITERS) as pool:
            pool.apply(_prepare, (engine, path))
            begin = time.time() + 2
            waits = pool.starmap(_write, [(engine, path, begin, begin + seconds)] * WRITERS)
            return list(itertools.chain.from_iterable(waits))


def _prepare(engine: str, path: str) -> None:
    connection = _connect(engine, path)
    connection.cursor().execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)")
    connection.close()


def _write(engine: str, path: str, begin: float, end: float) -> list[float]:
    from django.db import transaction  # noqa: PLC0415

    connection = _connect(engine, path)
    connection.ensure_connection()
    waits = []
    time.sleep(max(0, begin - time.time()))
    while time.time() < end:
        asked = time.monotonic()
        with transaction.atomic():
            waits.append(time.monotonic() - asked)
            with connection.cursor() as cursor:
                cursor.execute("SELECT max(id) FROM row").fetchall()
                for _row in range(3):
                    cursor.execute("INSERT INTO row (text) VALUES (hex(randomblob(200)))")
        time.sleep(PAUSE_SECONDS)
    return waits


def _connect(engine: str, path: str):
    """Django's connection with the product's own options, through `engine`."""
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from timetracker.environment import sqlite_database  # noqa: PLC0415

    if not settings.configured:
        settings.configure(DATABASES={"default": {**sqlite_database(path), "ENGINE": engine}})
        django.setup()
    assert connection.settings_dict["ENGINE"] == engine
    return connection


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ["PYTHONPATH"] = sys.path[0]
    main()
