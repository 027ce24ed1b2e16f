"""A choice among hundreds is marked as Django's own select marks it"""

import pytest
from django import forms
from django.test.html import parse_html

from timetracker.form_fields import CurrencyField
from timetracker.long_select import LongSelect

GROUPS = [("Fruit", [("a", "Apple"), ("b", "Bär & <b>")]), ("", [('"x"', "Quoted"), ("ab", "Both")])]


def read_groups():
    return GROUPS


class Long(forms.Form):
    choice = forms.CharField(widget=LongSelect(read_groups=read_groups))


class Usual(forms.Form):
    choice = forms.ChoiceField(choices=[GROUPS[0], *GROUPS[1][1]])


def flat(html):
    return "".join(str(html).replace("\n", "").split("  "))


@pytest.mark.parametrize("value", ["a", "b", '"x"', "ab"])
def test_it_reads_as_djangos(value):
    long, usual = (str(form(initial={"choice": value})["choice"]).replace(" required", "") for form in (Long, Usual))

    assert parse_html(long) == parse_html(usual)
    assert long.count(" selected") == 1


def test_a_value_that_is_not_offered_is_kept():
    html = flat(Long(initial={"choice": "<old>"})["choice"])

    assert '<option value="&lt;old&gt;" selected>&lt;old&gt;</option>' in html
    assert html.count(" selected") == 1


def test_without_a_value_none_is_selected():
    assert " selected" not in flat(Long()["choice"])


@pytest.mark.parametrize(("value", "selected"), [("", '<option value="" selected>As in Settings</option>'),
                                               ("EUR", '<option value="EUR" selected>EUR</option>')])  # fmt: skip
def test_an_empty_choice_comes_first(value, selected):
    class Rate(forms.Form):
        currency = CurrencyField(empty="As in Settings")

    html = flat(Rate(initial={"currency": value})["currency"])
    assert selected in html
    assert html.count(" selected") == 1
    assert html.index("As in Settings") < html.index("AED")


def test_what_is_selected_in_one_is_not_in_the_next():
    first, second = (flat(Long(initial={"choice": value})["choice"]) for value in "ab")
    assert 'value="a" selected' in first
    assert 'value="a" selected' not in second
