import pytest
from django.template import Context, Template
from django.urls import set_script_prefix

from timetracker.templatetags import cached


@pytest.fixture
def part(settings, tmp_path):
    """Writes the template `part.html`."""
    templates = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**templates, "DIRS": [tmp_path, *templates["DIRS"]]}]
    cached._render.cache_clear()
    yield (tmp_path / "part.html").write_text
    cached._render.cache_clear()


def render(tag, **values):
    return Template("{% load cached %}" + tag).render(Context(values))


def test_a_part_knows_its_values_and_nothing_else(part):
    part("{{ name }} {{ other }}.")
    assert render('{% include_cached "part.html" name=name %}', name="<b>", other="x") == "&lt;b&gt; ."


def test_a_part_is_rendered_once_for_the_same_values(part):
    part("first {{ name }}")
    assert render('{% include_cached "part.html" name="a" %}') == "first a"
    part("second {{ name }}")
    assert render('{% include_cached "part.html" name="a" %}') == "first a"
    assert "b" in render('{% include_cached "part.html" name="b" %}')
    assert cached._render.cache_info().hits == 1


def test_each_prefix_of_a_server_has_other_addresses(part):
    part("{% url 'today' %}")
    assert render('{% include_cached "part.html" %}') == "/"
    set_script_prefix("/time/")
    try:
        assert render('{% include_cached "part.html" %}') == "/time/"
    finally:
        set_script_prefix("/")


def test_developers_see_what_they_changed(part, settings):
    settings.DEBUG = True
    part("first")
    render('{% include_cached "part.html" %}')
    assert cached._render.cache_info().currsize == 0
