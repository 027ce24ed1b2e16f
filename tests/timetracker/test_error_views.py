"""Pages for what no view answers"""

from html import unescape

import pytest
from django.test import Client

from timetracker.api.problem_docs import EXPLANATIONS


@pytest.mark.parametrize("code", sorted(EXPLANATIONS))
def test_every_type_of_a_problem_leads_to_a_page_that_says_what_happened_and_how_to_mend_it(code):
    title, happened, fix, example = EXPLANATIONS[code]
    response = Client().get(f"/problems/{code}")

    assert response.status_code == 200
    text = unescape(response.text)
    assert [
        each for each in (f"<h1>{title}</h1>", f"<p>{happened}</p>", f"<p>{fix}</p>", example) if each not in text
    ] == []
    assert ("<pre>" in text) == bool(example)
    assert 'href="/v1/docs"' in text


def test_the_page_speaks_the_readers_language(monkeypatch):
    monkeypatch.setattr("timetracker.error_views.gettext", str.upper)

    response = Client().get("/problems/null")

    assert all(text.upper() in unescape(response.text) for text in EXPLANATIONS["null"][:3])


@pytest.mark.parametrize("path", ["/problems/nonsense", "/nowhere/"])
def test_there_is_no_other_page(path):
    response = Client().get(path)

    assert response.status_code == 404
    assert "There is no page here. Your timer is not affected." in response.text


@pytest.mark.parametrize("path", ["/", "/v1", "/admin/"])
def test_another_host_is_told_the_address(settings, caplog, path):
    """Who opens a new server by its number, or behind a proxy that names another host, learns what to set."""
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://time.example.org", ["time.example.org"]

    response = Client().get(path, headers={"Host": "192.168.1.7:8000"})

    assert response.status_code == 400
    assert "This server has another address: https://time.example.org." in response.text
    assert ADDRESS in response.text
    # Whatever scans the network comes by number: a line is enough, and a traceback would name what nobody can set.
    (record,) = caplog.records
    assert record.getMessage() == "The host '192.168.1.7:8000' was asked for, which is not that of BASE_URL"
    assert (record.levelname, record.exc_info) == ("WARNING", None)


COOKIES, REFERRERS, ADDRESS = "Allow cookies", "Referrer-Policy: same-origin", "sets BASE_URL to the address"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("is_secure", "headers", "expected"),
    [
        (False, {}, COOKIES),
        (False, {"Origin": "http://testserver"}, COOKIES),
        (True, {"Referer": "https://testserver/"}, COOKIES),
        (False, {"Origin": "null"}, REFERRERS),
        (True, {"Origin": "null", "Referer": "https://testserver/"}, REFERRERS),
        (True, {}, REFERRERS),
        (True, {"Referer": "about:blank"}, REFERRERS),
        (False, {"Origin": "https://testserver"}, ADDRESS),
        (False, {"Origin": "http://testserver:8001"}, ADDRESS),
        (True, {"Referer": "https://other.example/"}, ADDRESS),
        (True, {"Referer": "http://testserver/"}, ADDRESS),
    ],
)
def test_a_form_that_could_not_be_checked_says_why(is_secure, headers, expected):
    response = Client(enforce_csrf_checks=True).post("/settings/", secure=is_secure, headers=headers)

    assert response.status_code == 403
    text = unescape(response.text)
    assert [each for each in (COOKIES, REFERRERS, ADDRESS) if each in text] == [expected]
