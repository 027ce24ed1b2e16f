"""Texts that users typed, before they are stored."""

import pytest

from timetracker.characters import INVISIBLE
from timetracker.texts import clean_text


def clean(text, **options):
    errors = []
    return clean_text(text, "name", 20, errors, **options), [error.code for error in errors]


@pytest.mark.parametrize("letter", sorted(INVISIBLE))
def test_invisible_characters_are_left_out(letter):
    assert clean(f"{letter}Ac{letter}me {letter}") == ("Acme", [])


@pytest.mark.parametrize("text", ["👩\u200d💻", "می\u200cروم", "❤\ufe0f"])
def test_what_changes_the_look_of_a_text_stays(text):
    assert clean(text) == (text, [])


@pytest.mark.parametrize("text", ["\u200d", " \u200c\u200d ", "\ufe0f", "\u200b\ufe0f\u2028", "\U000e0061\U000e007f"])
def test_what_only_changes_the_look_of_others_is_blank_alone(text):
    assert clean(text) == ("", [])


def test_separators_of_lines_and_paragraphs_become_blanks():
    assert clean("\u2028a\u2028b\u2029c\u2029") == ("a b c", [])


@pytest.mark.parametrize("letter", ["\ufffe", "\uffff", "\U0001fffe", "\ufdd0", "\ufdef", "\x00", "\ud800"])
def test_what_is_no_character_is_an_error(letter):
    assert clean(f"Ac{letter}me")[1] == ["control_character"]


def test_marks_do_not_count_towards_the_length():
    assert clean("x" * 20 + "\u200b") == ("x" * 20, [])
