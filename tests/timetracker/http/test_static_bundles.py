"""Stylesheets and scripts, each kind sent as one file"""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.management import call_command
from django.template import engines

from timetracker.http.static_bundles import BUNDLES, BundlingStorage, without_comments

OF_ONE_PAGE = {
    "css/admin.css",
    "css/calendar.css",
    "js/account.js",
    "js/calendar.js",
    "js/copy.js",
    "js/go_on.js",
    "js/grid.js",
    "js/passkeys.js",
}
PAGE = '{% load bundles %}{% stylesheets "css/timetracker.css" %}{% scripts "js/timetracker.js" %}'


def shown() -> str:
    return engines["django"].from_string(PAGE).render()


@pytest.mark.parametrize("kind", ["css", "js"])
def test_every_part_is_there_and_every_file_is_a_part(kind):
    parts = [part for bundle in BUNDLES if bundle.endswith(kind) for part in BUNDLES[bundle]]
    assert all(find(part) for part in parts)
    files = [f"{kind}/{path.name}" for path in (settings.BASE_DIR / "static" / kind).glob(f"*.{kind}")]
    assert sorted({*files} - OF_ONE_PAGE) == sorted(parts)


def test_a_page_names_the_bundle_and_while_the_code_is_changed_its_parts(settings):
    assert shown().count("<link") == shown().count("<script") == 1

    settings.DEBUG = True
    assert shown().count("<link") == len(BUNDLES["css/timetracker.css"])
    assert 'src="/static/js/clock.js" defer' in shown()


def test_collecting_puts_the_parts_one_after_another(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": f"{BundlingStorage.__module__}.{BundlingStorage.__name__}"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    lines = iter((tmp_path / "js/timetracker.js").read_text().splitlines())
    following = next(lines)
    for part in BUNDLES["js/timetracker.js"]:
        for line in (settings.BASE_DIR / "static" / part).read_text().splitlines():
            if line == following:
                following = next(lines, None)
            else:
                assert line.lstrip()[:1] in {"", "/", "*"}, line  # an empty line, or one of a comment
    assert following is None
    assert list(tmp_path.glob("css/timetracker.*.css.gz"))


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        ("a { b: c; }\n", "css", "a { b: c; }\n"),
        ("/* A\n   b */\na {\n  /* c */\n  b: c; /* d */\n}\n", "css", "a {\nb: c;\n}\n"),
        ("/** A\n * b */\na();\n\n// c\nb(); // d\n", "js", "a();\nb(); // d\n"),
        ('a("// b");\nb("/* c */");\n', "js", 'a("// b");\nb("/* c */");\n'),
        ("a = 1 / 2;\nb = /\\/*/;\n", "js", "a = 1 / 2;\nb = /\\/*/;\n"),
    ],
)
def test_comments_are_left_out(content, kind, expected):
    assert without_comments(content, kind) == expected


def test_no_text_of_a_stylesheet_looks_like_a_comment():
    for path in (settings.BASE_DIR / "static/css").glob("*.css"):
        texts = re.findall(r'"[^"\n]*"', re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL))
        assert not [text for text in texts if "/*" in text], path
