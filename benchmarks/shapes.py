"""How much CPU 300 sessions of the API take from model instances to bytes, and how much of it is the encoder's.

    python -m benchmarks.shapes

Each has two tags and a project; one is running. No query is made: the tags and their names are read already.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from sessions_app.api.shapes import ListedSession, SessionContext  # noqa: E402
from sessions_app.models import TimeSession  # noqa: E402
from timetracker.shapes import encode_json  # noqa: E402

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
COUNT = 300
ROUNDS = 300


def make_session(number: int, tag_ids: list) -> TimeSession:
    session = TimeSession(
        id=uuid4(),
        user_id=uuid4(),
        name=f"API design {number}",
        note="With Ada",
        start=NOW - timedelta(hours=number + 1),
        end=None if number == 0 else NOW - timedelta(hours=number),
        timezone="Europe/Berlin",
        project_id=uuid4(),
        billable=True,
        source="api",
        version=3,
        created_at=NOW,
        updated_at=NOW,
    )
    session.tag_ids = [tag_ids[number % 5], tag_ids[(number + 1) % 5]]
    session.set_derived_fields()
    return session


def median_cpu(work: Callable[[], object]) -> float:
    """Milliseconds of this process."""
    times = []
    for _round in range(ROUNDS):
        begun = time.process_time_ns()
        work()
        times.append(time.process_time_ns() - begun)
    return statistics.median(times) / 1e6


def main() -> None:
    ids = {name: uuid4() for name in ("admin", "call", "deep", "review", "travel")}
    sessions = [make_session(number, list(ids.values())) for number in range(COUNT)]
    context = SessionContext(NOW, {tag_id.int: (name, name) for name, tag_id in ids.items()})

    def build() -> list[ListedSession]:
        return [ListedSession.of_session(session, context, seconds_in_period=3600) for session in sessions]

    built = build()
    print(f"{COUNT} sessions, {len(encode_json(built)):,} bytes, median of {ROUNDS}, CPU of the process")
    print(f"instances to bytes  {median_cpu(lambda: encode_json(build())):.2f} ms")
    print(f"  instances to shapes {median_cpu(build):.2f} ms")
    print(f"  shapes to bytes     {median_cpu(lambda: encode_json(built)):.2f} ms")


if __name__ == "__main__":
    main()
