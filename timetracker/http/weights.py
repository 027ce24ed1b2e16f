"""What a client says it does not take: Django and the framework do not look at weights of 0 (RFC 9110, 12.4.2)."""

import re

_WEIGHT_0 = re.compile(r"\s*q\s*=\s*0(\.0{0,3})?\s*", re.ASCII | re.IGNORECASE)


def read_unwanted(header: str) -> frozenset[str]:
    """Returns the names, in small letters, that a header such as `gzip;q=0, br` lists with a weight of 0."""
    parts = (each.split(";") for each in header.split(","))
    return frozenset(name.strip().lower() for name, *rest in parts if any(map(_WEIGHT_0.fullmatch, rest)))
