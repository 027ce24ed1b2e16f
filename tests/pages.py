"""What tests of pages share: when it is, and how a page is read."""

import re
from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # Monday, 10:30 in Berlin


def flat(response) -> str:
    """A page in one line."""
    return re.sub(r"\s+", " ", response.text)


def without_secrets(response) -> str:
    """A page but for what is another each time it is shown: tokens and the ids of forms."""
    return re.sub(r'(value|nonce)="[^"]*"', "", response.text)
