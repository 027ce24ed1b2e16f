"""Between what the times of a session lie, whoever types, sends or imports it."""

from datetime import UTC, datetime, timedelta

EARLIEST_START = datetime(1970, 1, 1, tzinfo=UTC)
FUTURE_TOLERANCE = timedelta(days=1)
"""How far ahead of now a session may start: some clocks are wrong, and some users travel."""
MAX_DURATION = timedelta(days=31)
"""Of a finished session that is entered; one that ran may have become longer."""
