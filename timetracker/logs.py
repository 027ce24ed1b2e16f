"""Keeps secrets and users' data out of the logs: tokens, addresses of feeds, cookies, names of sessions."""

import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# PostgreSQL's errors end with the statement or the row, names and notes included. A note may have blank lines and look
# like anything, so only the lines that Python's traceback adds next mark its end.
_ROW_VALUES = re.compile(
    r"^(DETAIL|CONTEXT|LINE \d+):.*?"
    r"(?=^Traceback \(most recent call last\):$"
    r"|^The above exception was the direct cause of the following exception:$"
    r"|^During handling of the above exception, another exception occurred:$|\Z)",
    re.MULTILINE | re.DOTALL,
)


# The addresses of feeds and the links of mails are secrets, even when mistyped. Others are recognised by their prefix.
_SECRETS = re.compile(
    r"(?<=/feeds/)\S+|(?<=/signin/link/)\S+|(?<=/invitation/)\S+|(?<=/signin/password/)\S+/\S+|(?<=/settings/email/)\S+"
    r"|(?<=tt_|tf_)[0-9A-Za-z]{20,}"
)


class RequestIdFilter(logging.Filter):
    """Adds the id of the present request to each record: the one that its X-Request-Id header has."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class PrivateFormatter(logging.Formatter):
    """Removes secrets, and values of rows that a database driver quotes in its exceptions."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub("(left out)", _ROW_VALUES.sub("(values left out)\n", super().format(record)))
