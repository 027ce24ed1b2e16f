"""What texts have in common that are written alike."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timetracker.characters import clean_characters, fold, isolate


@pytest.mark.parametrize(
    ("texts", "folded"),
    [
        (["Müller", "MÜLLER", "muller", "Mu\u0308ller", "ＭＵＬＬＥＲ"], "muller"),
        (["Straße", "STRASSE", "strasse", "STRAẞE"], "strasse"),
        (["Émile", "emile", "ÉMILE"], "emile"),
        (["İstanbul", "istanbul", "ISTANBUL"], "istanbul"),
        (["Όσος", "ΟΣΟΣ", "οσοσ"], "οσοσ"),
        (["Йога", "иога"], "иога"),
        (["ﬁle", "FILE"], "file"),
        (["が"], "が"),
        (["한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"], "한국"),
        (["漢字"], "漢字"),
        (["Ａ①"], "a1"),
    ],
)
def test_texts_alike_fold_alike(texts, folded):
    assert {fold(text) for text in texts} == {folded}


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_case_and_composition_do_not_matter(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text.casefold())


@pytest.mark.parametrize("name", ["Logo", "", "Crème brûlée 🍮", "東京"])
def test_names_that_run_as_the_sentence_does_stay_as_they_are(name):
    assert isolate(name) == name


@pytest.mark.parametrize("name", ["שלום", "Call مرحبا"])
def test_names_from_right_to_left_are_apart_from_the_sentence(name):
    assert isolate(name) == f"\u2068{name}\u2069"
    assert clean_characters(isolate(name)) == name  # it may be copied and typed again
