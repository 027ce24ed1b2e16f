"""The shape of an explanation."""

from typing import NamedTuple


class Explanation(NamedTuple):
    """What a code means. The texts are marked for gettext, and translated where they are shown.

    `title` is a short sentence without a stop, `example` something to be pasted: JSON, a header or a line of curl.
    """

    title: str
    happened: str
    fix: str
    example: str = ""
