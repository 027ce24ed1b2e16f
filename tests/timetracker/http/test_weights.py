"""What a client says it does not take"""

import pytest

from timetracker.http.weights import read_unwanted


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("", set()),
        ("gzip", set()),
        ("gzip;q=0", {"gzip"}),
        ("br, GZIP ; Q=0.000 , *;q=0.", {"gzip", "*"}),
        ("gzip;q=0.001", set()),
        ("gzip;q=0.5, deflate;q=1", set()),
        ("gzip;q=00", set()),
        ("gzip;q=", set()),
        ("a/b;level=1;q=0, c/d;q=0;x=y", {"a/b", "c/d"}),
    ],
)
def test_only_a_weight_of_0_is_a_no(header, names):
    assert read_unwanted(header) == names
