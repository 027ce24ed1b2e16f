"""Fields that offer a few values of many"""

import re

from django import forms

from timetracker.forms.suggestions import MAX_SUGGESTIONS, SuggestingInput, format_options


class ChoiceForm(forms.Form):
    choice = forms.CharField(widget=SuggestingInput(suggestions=["One", "Two", "<Three>"], url_name="zone_options"))


def options(html):
    return re.findall(r'<option value="([^"]*)">', str(html))


def test_what_is_set_is_offered_first_and_once():
    assert options(ChoiceForm()["choice"]) == ["One", "Two", "&lt;Three&gt;"]
    assert options(ChoiceForm(initial={"choice": "Two"})["choice"]) == ["Two", "One", "&lt;Three&gt;"]
    assert options(ChoiceForm({"choice": "Four"})["choice"]) == ["Four", "One", "Two", "&lt;Three&gt;"]


def test_the_field_names_its_list_and_where_others_are_found():
    html = str(ChoiceForm(auto_id="id_of_%s", initial={"choice": '"'})["choice"])

    assert 'id="id_of_choice"' in html
    assert 'list="id_of_choice_list"' in html
    assert '<datalist id="id_of_choice_list">' in html
    assert 'hx-get="/settings/zones/"' in html
    assert 'hx-target="#id_of_choice_list"' in html
    assert options(html)[0] == "&quot;"


def test_there_are_never_many():
    class LongForm(forms.Form):
        choice = forms.CharField(widget=SuggestingInput(suggestions=map(str, range(100)), url_name="zone_options"))

    assert len(options(LongForm()["choice"])) == MAX_SUGGESTIONS


def test_underscores_are_spaces_in_the_label():
    assert format_options(["A_b"]) == '<option value="A_b">A b</option>'


def test_options_are_escaped():
    assert format_options(['"><script>']) == '<option value="&quot;&gt;&lt;script&gt;"></option>'
