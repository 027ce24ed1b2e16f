"""Log formatters that remove secrets and users' data: tokens, secret URLs, cookies, names of sessions."""

import json
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# Errors of PostgreSQL end with the statement or the row, including names and notes. A note may have any lines, so that
# only the lines that Python's traceback adds next mark its end.
_ROW_VALUES = re.compile(
    r"^(DETAIL|CONTEXT|LINE \d+):.*?"
    r"(?=^Traceback \(most recent call last\):$"
    r"|^The above exception was the direct cause of the following exception:$"
    r"|^During handling of the above exception, another exception occurred:$|\Z)",
    re.MULTILINE | re.DOTALL,
)


# The URLs of feeds and share links, and the links in mails, are secrets, even when mistyped. Other secrets are
# recognised by their prefix.
_OF_ADDRESS = r"""[^\s/@'"<>(),;:=]"""
_SECRETS = re.compile(
    r"(?<=/feeds/)\S+|(?<=/shared/)\S+|(?<=/signin/link/)\S+|(?<=/invitation/)\S+|(?<=/signin/password/)\S+/\S+"
    r"|(?<=/settings/email/)\S+|(?<=tt_|tf_|ts_)[0-9A-Za-z]{20,}"
    rf"|(?<!{_OF_ADDRESS}){_OF_ADDRESS}+(?:@|%40){_OF_ADDRESS}+"
)


class RequestIdFilter(logging.Filter):
    """Adds the id of the current request, that of its X-Request-Id header, to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class PrivateFormatter(logging.Formatter):
    """Removes secrets, and the values of rows that a database driver quotes in its exceptions."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub("(left out)", _ROW_VALUES.sub("(values left out)\n", super().format(record)))


# The fields of gunicorn's access log, by gunicorn's names. As in the plain format there is no query string, referrer,
# IP address or user agent.
_OF_ACCESS = {"m": "method", "U": "path", "s": "status", "B": "bytes", "M": "ms", "{x-request-id}o": "request_id"}
_NUMBERS = ("status", "bytes", "ms")


class JsonFormatter(PrivateFormatter):
    """Formats a record as a line of JSON without secrets: time (UTC), level, logger, request, message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if record.name == "gunicorn.access" and isinstance(record.args, Mapping):
            line |= {name: _left_out(str(record.args[atom])) for atom, name in _OF_ACCESS.items()}
            line |= {name: int(line[name]) for name in _NUMBERS if line[name].isdecimal()}
        else:
            line |= {"request_id": getattr(record, "request_id", "-"), "message": super().format(record)}
        return json.dumps(line, ensure_ascii=False)


def _left_out(text: str) -> str:
    return _SECRETS.sub("(left out)", text)
