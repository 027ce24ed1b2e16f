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
