import io
import json
import os
import re
import subprocess
import sys
import time

import pytest
import typst
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from sessions_app.reports import timesheet_pdf
from sessions_app.reports.timesheet_pdf import render_pdf
from tests.examples import examples

LABELS = {
    "sender": "Von",
    "client": "Kunde",
    "period": "Zeitraum",
    "rounding": "Rundung",
    "name": "Sitzung",
    "project": "Projekt",
    "start": "Beginn",
    "end": "Ende",
    "duration": "Stunden",
    "amount": "Betrag",
    "page": "Seite {page} von {pages}",
}


def row(**given):
    return {
        "name": "API design",
        "project": "Website",
        "start": "9:00",
        "end": "10:30",
        "duration": "1:30",
        "amount": "120.00 EUR",
        **given,
    }


def timesheet(*names, **given):
    """A timesheet of one day, by default of one session."""
    return {
        "lang": "de",
        "title": "Stundenzettel",
        "labels": LABELS,
        "from_name": "Anna Müller",
        "client": "Acme GmbH",
        "period": "1.–30. Nov. 2025",
        "policy": "Auf 15 min aufgerundet",
        "days": [
            {"date": "Di., 18. Nov. 2025", "seconds_text": "1:30", "rows": [row(name=name) for name in names or ["a"]]}
        ],
        "totals": [{"label": "Summe", "value": "37:30 (37.50 h)"}, {"label": "Betrag", "value": "3,000.00 EUR"}],
        "notes": ["12 s blieben übrig."],
        "created": "2025-12-01",
        "created_text": "Erstellt am 1. Dez. 2025",
        **given,
    }


def read(content):
    return PdfReader(io.BytesIO(content))


def texts(content):
    return [page.extract_text() for page in read(content).pages]


def is_archival(content):
    xmp = read(content).xmp_metadata.stream.get_data()
    return b"<pdfaid:part>2</pdfaid:part>" in xmp and b"<pdfaid:conformance>B</pdfaid:conformance>" in xmp


def test_is_an_archival_pdf_with_its_title_and_date():
    content = render_pdf(timesheet())

    assert content.startswith(b"%PDF-1.7")
    assert is_archival(content)
    metadata = read(content).metadata
    assert (metadata.title, metadata.author) == ("Stundenzettel – 1.–30. Nov. 2025", "Anna Müller")
    assert metadata["/CreationDate"] == metadata["/ModDate"] == "D:20251201000000Z"
    assert read(content).root_object["/Lang"] == "de"


def test_shows_all_that_it_is_given():
    (text,) = texts(render_pdf(timesheet("API design")))

    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines == [
        "Stundenzettel",
        "Von Anna Müller",
        "Kunde Acme GmbH",
        "Zeitraum 1.–30. Nov. 2025",
        "Rundung Auf 15 min aufgerundet",
        "Sitzung Projekt Beginn Ende Stunden Betrag",
        "Di., 18. Nov. 2025 1:30",
        "API design Website 9:00 10:30 1:30 120.00 EUR",
        "Summe 37:30 (37.50 h)",
        "Betrag 3,000.00 EUR",
        "12 s blieben übrig.",
        "Erstellt am 1. Dez. 2025 Seite 1 von 1",
    ]


def test_has_only_the_words_it_was_given():
    blank = timesheet("", title="", period="", from_name="", client="", policy="", totals=[], notes=[], created_text="")
    blank["labels"] = dict.fromkeys(LABELS, "")
    blank["days"] = [{"date": "", "seconds_text": "", "rows": [dict.fromkeys(row(), "")]}]

    assert "".join(texts(render_pdf(blank))).strip() == ""


def test_leaves_out_what_is_empty():
    rows = [row(project="", start="", end="", amount="")]
    days = [{"date": "Day", "seconds_text": "1:30", "rows": rows}]

    (text,) = texts(render_pdf(timesheet(days=days, from_name="", client="", policy="")))

    assert "Sitzung Stunden" in text
    for label in ("Von", "Kunde", "Rundung", "Projekt", "Beginn", "Ende"):
        assert label not in text


def test_a_period_without_sessions_has_totals():
    (text,) = texts(render_pdf(timesheet(days=[])))

    assert "Sitzung" not in text
    assert "Summe 37:30" in text


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        "#{sys.inputs}",
        "*a* _b_ $x$ `c` @ref <label>",
        "\\ [x] // c /* d",
        "= Title",
        '"); #panic("',
        "~ -- --- ... \"q\" 'q'",
        "{page} {pages}",
        "\\u0041 \\n",
        "https://example.org/?a=b&c",
        "Ελληνικά Жук Łódź ąęœßÅ",
        "← → ✓ €",
    ],
)
def test_what_is_typed_is_never_markup(name):
    content = render_pdf(timesheet(name, from_name=name, client=name, policy=name, notes=[name]))

    assert texts(content)[0].count(name) == 5
    assert is_archival(content)


@pytest.mark.parametrize("name", ["x" * 200, "W" * 200, "https://example.org/" + "a/b" * 60, "ж" * 200])
def test_long_words_are_neither_cut_nor_in_the_way(name):
    found = []
    content = render_pdf(timesheet(name, client=name, totals=[{"label": name, "value": "1:30"}], notes=[name]))

    page = read(content).pages[0]
    page.extract_text(visitor_text=lambda text, _cm, tm, *_font: found.append((tm[4], text)))

    assert page.extract_text().replace("\n", "").count(name) == 4
    # The right margin is at 190 mm; a letter is 4 mm wide at most.
    assert max(x for x, text in found if text.strip()) < 190 / 25.4 * 72


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\U000f0000", "□"),
        ("a\U0010fffd b", "a□ b"),
        ("\ufdd0", "□"),
        ("a\ud800b", "a?b"),
        ("a\x00\x01\x9fb", "ab"),
    ],
)
def test_what_has_no_glyph_is_a_box(name, shown):
    content = render_pdf(timesheet(name))

    assert f"{shown} Website" in texts(content)[0]
    assert is_archival(content)


@pytest.mark.parametrize(
    "name",
    [
        "שלום עולם",
        "مرحبا بالعالم",
        "नमस्ते",
        "世界 日本語",
        "ไทย",
        "😀 👩‍👩‍👧 🇩🇪 ⚠️",
        "e" + "\u0301" * 50,
        "\u202eabc\u2066",
    ],
)
def test_every_writing_can_be_shown(name):
    assert is_archival(render_pdf(timesheet(name, client=name, from_name=name)))


@examples(60)
@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text):
    content = render_pdf(timesheet(text, title=text, from_name=text, client=text, period=text, notes=[text]))

    assert content.startswith(b"%PDF")


def test_what_no_box_can_replace_is_a_plain_pdf(monkeypatch):
    monkeypatch.setattr(timesheet_pdf, "BOX", "\U000f0001")

    content = render_pdf(timesheet("\U000f0000"))

    assert content.startswith(b"%PDF")
    assert b"pdfaid" not in content


def test_a_fault_of_the_template_is_told():
    with pytest.raises(typst.TypstError):
        render_pdf(timesheet(created="yesterday"))


def test_days_and_headings_are_repeated_on_every_page():
    content = render_pdf(timesheet(*(f"Session {number}" for number in range(100))))

    pages = texts(content)
    assert len(pages) > 1
    for number, text in enumerate(pages, start=1):
        # The last page may have the totals only.
        assert ("Sitzung Projekt Beginn" in text) == ("Di., 18. Nov. 2025" in text) == ("Session" in text)
        assert f"Seite {number} von {len(pages)}" in text
    assert all(f"Session {number} " in "\n".join(pages) for number in range(100))
    assert "Summe" in pages[-1]


def test_a_thousand_sessions_take_seconds():
    day = {"date": "Day", "seconds_text": "15:00", "rows": [row(name=f"Session {number}") for number in range(10)]}
    began = time.process_time()  # of this process, however busy the machine is

    content = render_pdf(timesheet(days=[day] * 100))

    assert time.process_time() - began < 5
    assert len(content) < 5_000_000


@pytest.mark.parametrize("lang", ["en", "pt-br", "zh-hans", "he", "en-gb"])
def test_languages_of_django_are_understood(lang):
    assert is_archival(render_pdf(timesheet(lang=lang)))


def test_the_same_data_make_the_same_file():
    """In another process, too, with another zone and at another time"""
    content = render_pdf(timesheet("世界 😀", "Müller"))
    code = """
import json, runpy, sys
render_pdf = runpy.run_path(sys.argv[2])["render_pdf"]  # without Django, which would set its own zone
sys.stdout.buffer.write(render_pdf(json.loads(sys.argv[1])))
"""

    time.sleep(1)
    again = subprocess.run(
        [sys.executable, "-c", code, json.dumps(timesheet("世界 😀", "Müller")), timesheet_pdf.__file__],
        capture_output=True,
        check=True,
        env={"TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    )

    assert again.stdout == content
    assert render_pdf(timesheet("Muller", "世界 😀")) != content


def test_letters_that_are_marks_go_without_a_box():
    assert timesheet_pdf._box("\u200d") == timesheet_pdf._box("\ufe0f") == ""
    assert timesheet_pdf._box("世") == timesheet_pdf._box("世\u0301") == "□"


# What would read a file, or ask the network, if it were markup or an address.
HOSTILE = [
    '#read("/etc/passwd")',
    '#image("/etc/hostname")',
    '#include "/etc/passwd"',
    '#import "@preview/cetz:0.3.1": canvas',
    '#json("https://example.org/x.json")',
    '#image("https://example.org/x.png")',
    '#link("https://example.org/")[x]',
    '#plugin("x.wasm")',
    '#eval("read(\\"/etc/passwd\\")")',
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    '<img src="http://example.org/x.png">',
    "@import url(http://example.org/x.css)",
    "\\input{/etc/passwd}",
    "../../../etc/passwd",
]
RENDER_TWICE = """
import json, os, sys
import django
django.setup()
from sessions_app.reports.timesheet_pdf import render_pdf
harmless, hostile = json.load(sys.stdin)
render_pdf(harmless)
for name, timesheet in (("harmless", harmless), ("hostile", hostile)):
    os.access(f"/begin-{name}", os.F_OK)
    render_pdf(timesheet)
os.access("/end", os.F_OK)
"""


@pytest.mark.slow(reason="renders under strace, which script/setup --all installs")
def test_typed_names_open_no_file_and_no_connection(tmp_path):
    """All that the process asked the kernel for is recorded: it opens what it opens for any timesheet, and no more."""
    fields = {"from_name": HOSTILE[0], "client": HOSTILE[1], "policy": HOSTILE[2], "notes": HOSTILE[:3]}
    hostile = timesheet(*HOSTILE, **fields, title=HOSTILE[4], period=HOSTILE[5])
    record = tmp_path / "record"
    traced = ("strace", "-f", "-qq", "-e", "trace=%file,%network", "-s", "4096", "-o", str(record))

    done = subprocess.run(
        [*traced, sys.executable, "-c", RENDER_TWICE], input=json.dumps([timesheet(), hostile]), text=True,
        cwd=settings.BASE_DIR, env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    calls = record.read_text()
    assert "/begin-hostile" in calls
    before, _begin, after = calls.partition("/begin-harmless")[2].partition("/begin-hostile")
    asked_before, asked = (set(re.findall(r'"(/[^"]*)"', part.partition("/end")[0])) for part in (before, after))
    assert asked
    assert asked <= asked_before
    assert not re.search(r"\b(socket|connect|sendto|getsockname)\(", after)
