"""What tests of pages share: when it is, and how a page is read."""

import html
import re
from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # Monday, 10:30 in Berlin


def flat(response) -> str:
    """A page in one line."""
    return re.sub(r"\s+", " ", response.text)


def shown_once(response, field_id: str) -> str | None:
    """The secret in a field of a page, None without that field."""
    found = re.search(rf'<textarea id="{field_id}"[^>]*>([^<]*)</textarea>', response.text)
    return found and html.unescape(found[1])


def without_secrets(response) -> str:
    """A page but for what is another each time it is shown: tokens and the ids of forms."""
    return re.sub(r'(value|nonce)="[^"]*"', "", response.text)
