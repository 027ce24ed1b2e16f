"""Log lines that can be shown to a stranger: no tokens, no cookies, no names of sessions."""

import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# PostgreSQL explains a refused row by printing it, names and notes included, up to the end of the message.
_ROW_VALUES = re.compile(
    r"^(DETAIL|CONTEXT):.*?(?=^\s*$|^The above exception|^During handling|^  File|\Z)", re.MULTILINE | re.DOTALL
)


class RequestIdFilter(logging.Filter):
    """Gives each record the id of the request that is being answered, the one its X-Request-Id header carries."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class PrivateFormatter(logging.Formatter):
    """Leaves out the values of rows that a database driver quotes in its exceptions."""

    def format(self, record: logging.LogRecord) -> str:
        return _ROW_VALUES.sub("(values left out)\n", super().format(record))
