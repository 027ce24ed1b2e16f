"""Pages for what no view answers"""

import pytest
from django.test import Client

from timetracker.api.problems import TITLES


@pytest.mark.parametrize("code", sorted(TITLES))
def test_every_type_of_a_problem_leads_to_a_page(code):
    response = Client().get(f"/problems/{code}")

    assert response.status_code == 200
    assert TITLES[code] in response.text


@pytest.mark.parametrize("path", ["/problems/nonsense", "/nowhere/"])
def test_there_is_no_other_page(path):
    response = Client().get(path)

    assert response.status_code == 404
    assert "There is no page here. Your timer is not affected." in response.text
