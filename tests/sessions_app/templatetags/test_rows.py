from functools import partial
from uuid import UUID

import pytest
from django.template import Context, Template
from django.urls import get_script_prefix, set_script_prefix
from django.utils.safestring import mark_safe

from sessions_app import services
from sessions_app.templatetags import rows
from sessions_app.templatetags.rows import Row
from tests.factories import WEB, make_session
from timetracker.templatetags import cached
from timetracker.templatetags.cached import include_cached

ID = UUID("11111111-1111-4111-8111-111111111111")


ROW = Row(
    id=ID,
    name="Logo",
    project="",
    colour=None,
    tags="",
    is_running=False,
    overlaps=False,
    needs_end_check=False,
    other_zone="",
    continued_from="",
    times_known=True,
    start="9:00",
    end="10:30",
    days_later=0,
    duration="1:30",
    counts=None,
    duration_style="words",
    billable=False,
    billable_sign="€",
    here="/day/2026-03-02/",
)


def render(tag, *, text="", **changes):
    context = Context({"row": ROW._replace(**changes), "text": text})
    return Template("{% load rows %}" + tag).render(context)


def test_a_cell_is_a_link_to_the_form_of_its_value():
    url = f"/sessions/{ID}/edit/name/?next=/day/2026-03-02/"
    assert render('{% cell row "name" "Logo" "name" %}') == (
        f'<span class="cell name"><a id="name-{ID}" href="{url}" title="Change the name">Logo</a></span>'
    )


def test_what_a_cell_shows_is_escaped():
    assert "<a> & <b>" not in (html := render('{% cell row "name" text %}', text='<a> & <b> "'))
    assert "&lt;a&gt; &amp; &lt;b&gt; &quot;" in html
    html = render('{% cell row "name" "Logo" %}', here='/reports/?q="a"&b')
    assert "?next=/reports/%3Fq%3D%22a%22%26b" in html


def test_a_cell_has_a_title_hidden_text_a_colour_and_what_counts():
    html = render('{% cell row "billable" "€" "is-empty" title="Not billable" hidden_text="not billable" %}')
    assert 'title="Not billable"' in html
    assert '>€<span class="visually-hidden"> not billable</span></a>' in html
    assert 'class="cell project p3"' in render('{% cell row "project" "Acme" "project" colour=3 %}')
    assert 'data-counts="90" data-style="words"' in render('{% cell row "duration" "0:01" %}', counts=90)
    assert "data-counts" not in render('{% cell row "duration" "0:01" %}')


def test_a_cell_goes_by_what_it_is_called_with():
    assert ">Logo<" in render('{% cell row "name" "Logo" %}')
    assert ">Letter<" in render('{% cell row "name" "Letter" %}')
    assert "next=/week/" in render('{% cell row "name" "Logo" %}', here="/week/")


@pytest.fixture
def below_a_path():
    before = get_script_prefix()
    set_script_prefix("/time/")
    yield
    set_script_prefix(before)


def test_a_cell_of_a_server_below_a_path_leads_there(below_a_path):
    assert f'href="/time/sessions/{ID}/edit/name/' in render('{% cell row "name" "Logo" %}')


CHANGES = {
    "name": "Letter",
    "project": "Acme",
    "tags": "#deep",
    "is_running": True,
    "overlaps": True,
    "needs_end_check": True,
    "other_zone": "Asia/Tokyo",
    "continued_from": "1 Mar",
    "times_known": False,
    "start": "9:01",
    "end": "10:31",
    "days_later": 1,
    "duration": "1:31",
    "counts": 90,
    "billable": True,
    "billable_sign": "$",
    "here": "/week/",
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_row_that_shows_anything_else_is_rendered_anew(name):
    session = partial(include_cached, "sessions/_session.html")
    assert session(row=ROW) != session(row=ROW._replace(**{name: CHANGES[name]}))


GAP = rows.Gap(
    start="9:00",
    end="9:25",
    words="25 min",
    date="2026-03-02",
    key=1,
    before=rows.Edge(ID, 1, "Logo"),
    after=rows.Edge(UUID(int=2), 1, "Call"),
    starts_at="2026-03-02T08:00:00+00:00",
    ends_at="2026-03-02T08:25:00+00:00",
    here="/day/2026-03-02/",
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start", "9:01"),
        ("end", "9:26"),
        ("words", "26 min"),
        ("date", "2026-03-03"),
        ("before", GAP.before._replace(version=2)),
        ("before", GAP.before._replace(name="Letter")),
        ("after", None),
        ("after", GAP.after._replace(version=2)),
        ("starts_at", "2026-03-02T08:01:00+00:00"),
        ("ends_at", "2026-03-02T08:26:00+00:00"),
        ("here", "/week/"),
    ],
)
def test_a_gap_that_shows_or_moves_anything_else_is_rendered_anew(name, value):
    gap = partial(include_cached, "sessions/_gap.html")
    assert gap(gap=GAP) != gap(gap=GAP._replace(**{name: value}))


def test_a_row_is_rendered_once_as_long_as_it_shows_the_same(signed_in, owner):
    session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Once & again")
    first = _row(signed_in.get("/day/2026-11-20/").text)
    misses = cached._render.cache_info().misses
    assert _row(signed_in.get("/day/2026-11-20/").text) == first
    assert cached._render.cache_info().misses == misses
    services.edit_session(owner, WEB, session.id, name="Another")
    changed = _row(signed_in.get("/day/2026-11-20/").text)
    assert changed == first.replace("Once &amp; again", "Another")


def _row(page):
    return page[page.index('<li class="session"') : page.index("</li>", page.index('<li class="session"'))]


def test_what_is_not_safe_is_escaped_after_the_same_was_safe():
    assert ">&<" in render('{% cell row "name" text %}', text=mark_safe("&"))
    assert ">&amp;<" in render('{% cell row "name" text %}', text="&")
