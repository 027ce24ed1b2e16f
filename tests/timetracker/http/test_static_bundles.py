"""Stylesheets and scripts, each kind sent as one file"""

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.management import call_command
from django.template import engines

from timetracker.http.static_bundles import BUNDLES, BundlingStorage, minify

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

    for bundle, parts in BUNDLES.items():
        content = (tmp_path / bundle).read_text()
        minified = [minify((settings.BASE_DIR / "static" / part).read_text(), bundle[-3:].strip(".")) for part in parts]
        assert all(minified)
        assert content == "\n".join(minified)
    assert list(tmp_path.glob("css/timetracker.*.css.gz"))


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        ("/* A\n   b */\na > b {\n  /* c */\n  b: calc(1px + 2px); /* d */\n}\n", "css", "a>b{b:calc(1px + 2px)}"),
        ('a::before {\n  content: "/* b */";\n}\n', "css", 'a::before{content:"/* b */"}'),
        ("/** A\n * b */\na();\n\n// c\nb(); // d\n", "js", "a();b();"),
        ('a("// b");\nb("/* c */");\n', "js", 'a("// b");b("/* c */");'),
        ("const a = `\n  // b ${c} `\nd()\n", "js", "const a=`\n  // b ${c} `\nd()"),
        ("a = 1 / 2;\nb = /\\/* c/;\n", "js", "a=1/2;b=/\\/* c/;"),
    ],
)
def test_comments_and_needless_space_are_left_out(content, kind, expected):
    assert minify(content, kind) == expected
