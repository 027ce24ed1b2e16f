from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError

from sessions_app.models import TimeSession
from tests.factories import instant
from users_app.models import User


@dataclass
class PageContext:
    user: User


def render(template, user, **values):
    context = Context({"page": PageContext(user), **values})
    return Template("{% load i18n formatting %}" + template).render(context)


@pytest.mark.parametrize(("clock", "expected"), [("24", "15:30"), ("12", "3:30 pm")])
def test_time_is_on_the_clock_of_the_user_in_the_zone_of_the_session(clock, expected):
    user = User(timezone="Asia/Tokyo", clock=clock)
    session = TimeSession(timezone="Europe/Berlin", start=instant("2026-11-23T14:30:00Z"))

    assert render("{% time_at session.start session %}", user, session=session) == expected


@pytest.mark.parametrize(("clock", "expected"), [("24", "0 1 12 13 23 24"), ("12", "12 1 12 1 11 12")])
def test_hours_are_those_of_the_clock_of_the_user(clock, expected):
    template = "{% for hour in hours %}{% hour_of hour %} {% endfor %}"

    assert render(template, User(clock=clock), hours=[0, 1, 12, 13, 23, 24]).strip() == expected


def test_time_without_a_session_is_in_the_zone_of_the_user():
    user = User(timezone="Asia/Tokyo")

    assert render("{% time_at now %}", user, now=instant("2026-11-23T14:30:00Z")) == "23:30"


@pytest.mark.parametrize(
    ("style", "day_first", "month_first", "iso"),
    [
        ("", "18 Nov", "Nov 18", "2025-11-18"),
        ('"year"', "18 Nov 2025", "Nov 18, 2025", "2025-11-18"),
        ('"weekday"', "Tue 18 Nov", "Tue Nov 18", "Tue 2025-11-18"),
        ('"full"', "Tue 18 Nov 2025", "Tue Nov 18, 2025", "Tue 2025-11-18"),
    ],
)
def test_date_is_in_the_order_of_the_user(style, day_first, month_first, iso):
    for order, expected in (("day", day_first), ("month", month_first), ("iso", iso)):
        user = User(date_format=order)
        assert render(f"{{% date_of day {style} %}}", user, day=date(2025, 11, 18)) == expected


def test_unknown_style_of_a_date_is_the_fault_of_the_template():
    with pytest.raises(TemplateSyntaxError, match="no style 'vast'"):
        render('{% date_of day "vast" %}', User(), day=date(2025, 11, 18))


@pytest.mark.parametrize(
    ("choice", "expected", "in_little_room"),
    [("clock", "1:28", "1:28"), ("words", "1 h 28 min", "1:28"), ("decimal", "1.47", "1.47")],
)
def test_duration_is_as_the_user_chose_and_never_too_wide(choice, expected, in_little_room):
    user = User(duration_format=choice)

    assert render("{% duration seconds %}", user, seconds=5280) == expected
    assert render("{% duration_narrow seconds %}", user, seconds=5280) == in_little_room


@pytest.mark.parametrize(("choice", "expected"), [("clock", "0:00"), ("words", "0 h"), ("decimal", "0.00")])
def test_nothing_tracked_reads_as_nothing(choice, expected):
    assert render("{% duration 0 %}", User(duration_format=choice)) == expected


def test_a_sentence_takes_what_a_tag_wrote():
    template = "{% date_of day as date %}{% blocktranslate %}Week of {{ date }}{% endblocktranslate %}"

    assert render(template, User(date_format="month"), day=date(2025, 11, 18)) == "Week of Nov 18"


@pytest.mark.parametrize(
    ("style", "narrow", "expected"),
    [
        ("words", "", '<span data-counts="2280" data-style="words">38 min</span>'),
        ("words", "is_narrow=True", '<span data-counts="2280" data-style="clock">0:38</span>'),
        ("decimal", "is_narrow=True", '<span data-counts="2280" data-style="decimal">0.63</span>'),
    ],
)
def test_what_counts_on_in_little_room_goes_on_without_words(style, narrow, expected):
    frame = SimpleNamespace(running=TimeSession())

    assert render(f"{{% counting 2280 {narrow} %}}", User(duration_format=style), frame=frame) == expected
