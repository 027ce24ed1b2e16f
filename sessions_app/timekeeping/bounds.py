"""The limits of a session's times, for forms, the API and imports alike."""

from datetime import UTC, datetime, timedelta

EARLIEST_START = datetime(1970, 1, 1, tzinfo=UTC)
FUTURE_TOLERANCE = timedelta(days=1)
"""How far in the future a session may start, since some devices' clocks are wrong, and some users travel."""
MAX_DURATION = timedelta(days=31)
"""The longest session that can be entered. A session that was running may be longer."""
