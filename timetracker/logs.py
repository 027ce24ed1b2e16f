"""Log lines that can be shown to a stranger: no tokens, no addresses of feeds, no cookies, no names of sessions."""

import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# PostgreSQL explains a refusal by printing the statement or the row, names and notes included, to the message's end.
# A note may hold blank lines and look like anything, so only what Python itself writes next ends it.
_ROW_VALUES = re.compile(
    r"^(DETAIL|CONTEXT|LINE \d+):.*?"
    r"(?=^Traceback \(most recent call last\):$"
    r"|^The above exception was the direct cause of the following exception:$"
    r"|^During handling of the above exception, another exception occurred:$|\Z)",
    re.MULTILINE | re.DOTALL,
)


# The address of a feed is its key, mistyped too. What else looks like one of our secrets is left out wherever it is.
_SECRETS = re.compile(r"(?<=/feeds/)\S+|(?<=tt_|tf_)[0-9A-Za-z]{20,}")


class RequestIdFilter(logging.Filter):
    """Gives each record the id of the request that is being answered, the one its X-Request-Id header carries."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class PrivateFormatter(logging.Formatter):
    """Leaves out secrets, and the values of rows that a database driver quotes in its exceptions."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub("(left out)", _ROW_VALUES.sub("(values left out)\n", super().format(record)))
