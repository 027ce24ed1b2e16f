"""Texts that are not UTF-8 keep their letters, whatever code page a spreadsheet of their country writes"""

import pytest

from sessions_app.imports.code_pages import code_page_of
from tests.sessions_app.imports.reading import session

POLISH = (
    "Projekt;Klient;Opis;Użytkownik;Rozliczalne;Data rozpoczęcia;Godzina rozpoczęcia;Data zakończenia;"
    "Godzina zakończenia\nŁódź;Żak;Praca;Ania;Tak;02.03.2026;09:00:00;02.03.2026;10:00:00\n"
)
RUSSIAN = (
    "Описание;Клиент;Проект;Дата начала;Время начала;Дата окончания;Время окончания\n"
    "Звонок;Акме;Сайт;02.03.2026;09:00;02.03.2026;10:00\n"
)
GERMAN = "Datum;Start;Ende;Kunde;Projekt;Text\n02.03.2026;9:00;10:00;Müller;Süd;Größe\n"


@pytest.mark.parametrize(
    ("text", "page", "expected"),
    [
        (POLISH, "cp1250", ("Praca", "Żak", "Łódź")),
        (RUSSIAN, "cp1251", ("Звонок", "Акме", "Сайт")),
        (GERMAN, "cp1252", ("Größe", "Müller", "Süd")),
        (GERMAN.replace("\n", "\r"), "mac_roman", ("Größe", "Müller", "Süd")),
        (GERMAN.replace("\n", "\r"), "utf-8", ("Größe", "Müller", "Süd")),
    ],
    ids=["Polish", "Russian", "German", "German of an old Mac", "UTF-8 with line ends of an old Mac"],
)
def test_each_code_page_keeps_its_letters(text, page, expected):
    found = session(text.encode(page))

    assert (found.name, found.client, found.project) == expected


@pytest.mark.parametrize(
    "words",
    [
        "Pöytään tää", "Réunion créée à l’été n°5 à 20m² pour 5€ “oui”", "¿Qué? ¡Año! Nº 3ª señor",
        "Don’t – 5°C ½h §5 ±3 Lego® naïve—x…", "GRÖSSE ÄÖÜ Übung", "Ærø på Åen ø", "100m² µs ²x", "«mot» ça",
    ],
)  # fmt: skip
def test_western_texts_stay_windows_1252(words):
    assert session(f"Date;Start;End;What\n2026-03-02;9:00;10:00;{words}\n".encode("cp1252")).name == words


def test_a_text_with_some_utf_8_has_no_other_code_page():
    assert code_page_of("Łódź ".encode() + "Żółć gęślą jaźń".encode("cp1250")) == ""
