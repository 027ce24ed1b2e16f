"""CPU, time and memory of an import: a detailed report of Toggl Track of many rows, looked at, brought in, undone.

    python -m benchmarks.imports                 200,000 rows, some minutes
    python -m benchmarks.imports --rows 20000

On a SQLite file of its own. CPU counts, which hardly depends on what else the machine does; memory is what the process
grows by between two moments.
"""

import argparse
import csv
import gc
import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

HEADER = (
    "User", "Email", "Client", "Project", "Task", "Description", "Billable", "Start date", "Start time", "End date",
    "End time", "Duration", "Tags", "Amount ()",
)  # fmt: skip
NAMES = ("Mail", "Draft the page", "Call with them", "Review")
ROWS = 200_000
Result = TypeVar("Result")


def make_report(path: Path, rows: int) -> None:
    """Writes a report of so many entries, one after the other from 2000 on: 12 clients, 40 projects, 2 tags."""
    chance = random.Random(1)  # the same file each time
    at = datetime(2000, 1, 3, 8)  # noqa: DTZ001  # the report names no zone
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            start = at + timedelta(minutes=chance.randint(1, 20))
            length = timedelta(seconds=chance.randint(60, 2400))
            at = start + length
            text = f"{chance.choice(NAMES)} {chance.randint(1, 500)}"
            days = [f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}", f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"]
            about = ["Ann", "ann@example.org", f"Client {number % 12}", f"Project {number % 40}", "", text]
            tags = chance.choice(["", "deep", "deep, call"])
            writer.writerow([*about, chance.choice(["Yes", "No"]), *days, str(length).zfill(8), tags, ""])
            if at.hour >= 22:
                at = at.replace(hour=8, minute=0) + timedelta(days=1)


def memory() -> float:
    """Returns what the process has, in megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(work: str, rows: int, call: Callable[[], Result]) -> Result:
    """Prints what a call takes, and returns what it returns."""
    memory_before, cpu, begun = memory(), time.process_time(), time.perf_counter()
    result = call()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - begun
    print(
        f"{work:10} {cpu:7.1f} s CPU {wall:7.1f} s  {rows / cpu:8,.0f} rows a CPU-second  "
        f"{memory() - memory_before:+6.1f} MB",
        flush=True,
    )
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"], os.environ["DJANGO_SETTINGS_MODULE"] = folder, "timetracker.settings"
        path = Path(folder) / "toggl.csv"
        make_report(path, rows)
        run(path, rows)


def run(path: Path, rows: int) -> None:
    """Looks at the report, brings it in for a new user, and undoes it."""
    import django  # noqa: PLC0415  # reads the settings, which are of this run

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from sessions_app import services  # noqa: PLC0415
    from sessions_app.imports.commit import run_import  # noqa: PLC0415
    from sessions_app.imports.files import open_files  # noqa: PLC0415
    from sessions_app.imports.plan import make_plan  # noqa: PLC0415
    from sessions_app.imports.rows import Answers  # noqa: PLC0415
    from sessions_app.models import Source  # noqa: PLC0415
    from tests.factories import make_guest  # noqa: PLC0415
    from timetracker import clock  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    user, actor, answers, now = make_guest(), services.Actor(Source.WEB), Answers(timezone="UTC"), clock.now()
    gc.collect()
    gc.freeze()  # as the server does
    contents = [(path.name, path)]
    files = measure("open", rows, lambda: open_files(contents, answers, now))
    plan = measure("look", rows, lambda: make_plan(user, files, answers, now))
    done = measure("import", rows, lambda: run_import(user, actor, contents, files, answers))
    assert plan.created == done.counts["created"] == rows
    assert done.changeset_id is not None
    changeset_id = done.changeset_id
    measure("undo", rows, lambda: services.undo_changeset(user, actor, changeset_id))


if __name__ == "__main__":
    main()
