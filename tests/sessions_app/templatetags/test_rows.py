from uuid import UUID

import pytest
from django.template import Context, Template
from django.urls import get_script_prefix, set_script_prefix
from django.utils.safestring import mark_safe

from sessions_app.models import TimeSession
from users_app.models import User

ID = UUID("11111111-1111-4111-8111-111111111111")


class PageContext:
    user = User(duration_format="words")


def render(tag, *, here="/day/2026-03-02/", **values):
    context = Context({"page": PageContext, "here": here, "session": TimeSession(id=ID), **values})
    return Template("{% load rows %}" + tag).render(context)


def test_a_cell_is_a_link_to_the_form_of_its_value():
    url = f"/sessions/{ID}/edit/name/?next=/day/2026-03-02/"
    assert render('{% cell session "name" "Logo" "name" %}') == (
        f'<span class="cell name"><a id="name-{ID}" href="{url}" title="Change the name">Logo</a></span>'
    )


def test_what_a_cell_shows_is_escaped():
    assert "<a> & <b>" not in (html := render('{% cell session "name" text %}', text='<a> & <b> "'))
    assert "&lt;a&gt; &amp; &lt;b&gt; &quot;" in html
    html = render('{% cell session "name" "Logo" %}', here='/reports/?q="a"&b')
    assert "?next=/reports/%3Fq%3D%22a%22%26b" in html


def test_a_cell_has_a_title_hidden_text_a_colour_and_what_counts():
    html = render('{% cell session "billable" "€" "is-empty" title="Not billable" hidden_text="not billable" %}')
    assert 'title="Not billable"' in html
    assert '>€<span class="visually-hidden"> not billable</span></a>' in html
    assert 'class="cell project p3"' in render('{% cell session "project" "Acme" "project" colour=3 %}')
    assert 'data-counts="90" data-style="words"' in render('{% cell session "duration" "0:01" counts=90 %}')
    assert "data-counts" not in render('{% cell session "duration" "0:01" %}')


def test_a_cell_goes_by_what_it_is_called_with():
    assert ">Logo<" in render('{% cell session "name" "Logo" %}')
    assert ">Letter<" in render('{% cell session "name" "Letter" %}')
    assert "next=/week/" in render('{% cell session "name" "Logo" %}', here="/week/")


@pytest.fixture
def below_a_path():
    before = get_script_prefix()
    set_script_prefix("/time/")
    yield
    set_script_prefix(before)


def test_a_cell_of_a_server_below_a_path_leads_there(below_a_path):
    assert f'href="/time/sessions/{ID}/edit/name/' in render('{% cell session "name" "Logo" %}')


def test_what_is_not_safe_is_escaped_after_the_same_was_safe():
    assert ">&<" in render('{% cell session "name" text %}', text=mark_safe("&"))
    assert ">&amp;<" in render('{% cell session "name" text %}', text="&")
