"""Helpers for tests of pages: the present instant, and readers of HTML."""

import html
import re
from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # Monday, 10:30 in Berlin


def flat(response) -> str:
    """Returns a page as one line."""
    return re.sub(r"\s+", " ", response.text)


def shown_once(response, field_id: str) -> str | None:
    """Returns the secret in a field of a page, None without the field."""
    found = re.search(rf'<textarea id="{field_id}"[^>]*>([^<]*)</textarea>', response.text)
    return found and html.unescape(found[1])


def without_secrets(response) -> str:
    """Returns a page without the tokens and form ids, which differ each time it is rendered."""
    return re.sub(r'(value|nonce)="[^"]*"', "", response.text)
