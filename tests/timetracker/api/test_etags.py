"""ETags and the headers that name them"""

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from timetracker.api.etags import (
    check_content_tag,
    content_tag,
    edition_tag,
    matches_if_none_match,
    not_modified,
    read_if_match,
)
from timetracker.errors import StaleVersionError
from timetracker.shapes import Shape


class Body(Shape):
    display_name: str


def request(**headers):
    return Request(
        RequestFactory().get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    )


@pytest.mark.parametrize(
    ("header", "editions"),
    [
        ('"3"', {"3"}),
        ('"3", "4"', {"3", "4"}),
        ('"3-0123456789abcdef"', {"3-0123456789abcdef"}),
        ('"3-0123"', set()),
        ('W/"3"', set()),  # weak ones do not count
        ('W/"3", "4"', {"4"}),
        ("3", set()),
        ('"x"', set()),
        ('"-1"', set()),
        ('"1234567890"', set()),
        ("", set()),
    ],
)
def test_the_editions_of_if_match(header, editions):
    assert read_if_match(request(If_Match=header)) == editions


def test_without_if_match_no_edition_is_asked_for():
    assert read_if_match(request()) is None


def test_a_star_is_any_edition():
    assert "17" in read_if_match(request(If_Match="*"))


@pytest.mark.parametrize(
    ("header", "is_known"),
    [('"3"', True), ('W/"3"', True), ('"2", "3"', True), ("*", True), ('"4"', False), ("3", False), ("", False)],
)
def test_what_the_caller_has(header, is_known):
    assert matches_if_none_match(request(If_None_Match=header), edition_tag("3")) is is_known
    assert matches_if_none_match(request(), edition_tag("3")) is False


def test_a_content_tag_changes_with_the_content():
    tags = {content_tag(Body(display_name=name)) for name in ("Ada", "Ada", "Grace")}

    assert len(tags) == 2
    assert all(tag.startswith('"') and len(tag) == 34 for tag in tags)


@pytest.mark.parametrize("header", ['"a"', '"b", "a"', "*"])
def test_the_content_is_the_one_that_was_seen(header):
    check_content_tag(request(If_Match=header), '"a"', "current")
    check_content_tag(request(), '"a"', "current")


@pytest.mark.parametrize("header", ['"b"', 'W/"a"', ""])
def test_other_content_is_rejected_with_the_present_state(header):
    with pytest.raises(StaleVersionError) as caught:
        check_content_tag(request(If_Match=header), '"a"', "current")

    assert caught.value.current == "current"


def test_nothing_new():
    response = not_modified('"3"')

    assert (response.status_code, response.data, response["ETag"]) == (304, None, '"3"')
