"""Values that a client excludes with a weight of 0 (RFC 9110, 12.4.2), which Django and REST framework ignore."""

import re

_WEIGHT_0 = re.compile(r"\s*q\s*=\s*0(\.0{0,3})?\s*", re.ASCII | re.IGNORECASE)


def read_unwanted(header: str) -> frozenset[str]:
    """Returns the names in lower case that a header such as `gzip;q=0, br` lists with a weight of 0."""
    parts = (each.split(";") for each in header.split(","))
    return frozenset(name.strip().lower() for name, *rest in parts if any(map(_WEIGHT_0.fullmatch, rest)))
