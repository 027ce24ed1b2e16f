"""A whole account as one ZIP: written to be taken along, read to be brought in again. docs/takeout.md is its format."""

from sessions_app.takeout.judging import Values
from sessions_app.takeout.parts import ACCOUNT, SESSIONS
from sessions_app.takeout.reading import Takeout, read_takeout
from sessions_app.takeout.writing import takeout_zip

__all__ = ["ACCOUNT", "SESSIONS", "Takeout", "Values", "read_takeout", "takeout_zip"]
