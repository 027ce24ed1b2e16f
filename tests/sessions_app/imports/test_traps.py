"""Traps that files of real tools set, and their neighbours: a case each, with the figures worked out by hand"""

from decimal import Decimal

import pytest

from sessions_app.imports.rows import UnreadableFileError
from tests.sessions_app.imports.reading import asked, clocks, open_file, rejections, session, sessions, skipped

TOGGL = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n"


def toggl(day="2024-05-05", start="09:00:00", end="10:00:00", duration="01:00:00", name="x"):
    return f'Ann,ann@example.com,C,P,,{name},No,"{day}",{start},"{day}",{end},{duration},\n'


def test_clocks_and_durations_with_points():
    """As a Finnish spreadsheet saves them; where nothing else tells the day it is one."""
    text = TOGGL + toggl("05.05.2024", "9.30.00", "10.05.07", "00.35.07")

    assert clocks(session(text)) == "2024-05-05 09:30:00 - 2024-05-05 10:05:07"
    assert session(text).duration_seconds == 2107
    assert (
        clocks(session("Datum;Start;Ende\n05.05.2024;15.00.00;16.00.00\n"))
        == "2024-05-05 15:00:00 - 2024-05-05 16:00:00"
    )
    assert f"{session('Start;Hours;What' + chr(10) + '10.05.07;1,5;x').date}" == "2007-05-10"


@pytest.mark.parametrize(
    ("day", "seen"),
    [
        ("2024/5/3", "2024-05-03"), ("2024-5-3", "2024-05-03"), ("2024.5.3.", "2024-05-03"),
        ("\u200e5/13/2024", "2024-05-13"), ("２０２４-05-03", "2024-05-03"), ("2024年5月3日", "2024-05-03"),
        ("٢٠٢٤-٠٥-٠٣", "2024-05-03"),
        ("Friday 3rd May 2024", "2024-05-03"), ("May 3rd, 2024", "2024-05-03"), ("21st Aug 2024", "2024-08-21"),
        ("3 de mayo de 2024", "2024-05-03"), ("Fri, May 3, 2024", "2024-05-03"), ("3 août 2024", "2024-08-03"),
    ],
)  # fmt: skip
def test_dates_in_many_ways(day, seen):
    assert f"{session(TOGGL + toggl(day)).start:%Y-%m-%d}" == seen


def test_a_year_of_one_digit_is_none():
    assert rejections(TOGGL + toggl() + toggl("13/5/4")) == [(3, "bad_date")]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("1899-12-30 09:00:00", "1899-12-30 10:00:00"),
        ("12/30/1899 9:00", "12/30/1899 10:00:00"), ("0.375", "0.416666666"), ("9:00\u202fAM", "10:00\u202fAM"),
        ("9:00 a. m.", "10:00 a. m."), ("9.00", "10.00"), ("09:00:00.000", "10:00:00.250"),
        ("9h", "10h"), ("9 h", "10h00"), ("9", "10"), ("0900", "1000"), ("900", "10"), ("9a", "10:00a"),
    ],
)  # fmt: skip
def test_clocks_in_many_ways(start, end):
    text = TOGGL + toggl(start=start, end=end)

    assert clocks(session(text)) == "2024-05-05 09:00:00 - 2024-05-05 10:00:00"
    assert "timezone" in asked(text)


def test_a_number_that_a_cut_left_of_a_clock_is_none():
    assert rejections(TOGGL + toggl() + toggl(end="1")) == [(3, "bad_time")]


@pytest.mark.parametrize(
    ("name", "day", "seen"),
    [
        ("timetagger-20240401-20240430.csv", "05-04-2024", "2024-04-05"),
        ("timetagger-20240501-20240531.csv", "05/04/2024", "2024-05-04"),
        ("TogglTrack_Report_Detailed_report_(from_04_13_2024_to_05_20_2024).csv", "05/04/2024", "2024-05-04"),
        ("harvest_time_report_from2024-04-01to2024-04-30.csv", "05/04/2024", "2024-04-05"),
    ],
)
def test_names_of_files_show_the_order_of_dates(name, day, seen):
    text = TOGGL + toggl(day)

    assert f"{session(text, name).start:%Y-%m-%d}" == seen
    assert "date_order" not in asked(text, name)


@pytest.mark.parametrize("day", ["05/05/2024", "0001-01-01", "01/01/0001 00:00:00"])
def test_a_date_that_is_the_same_in_both_orders_asks_for_none(day):
    """Programs write the first day of their calendar for none."""
    text = TOGGL + toggl() + toggl(day)

    assert "date_order" not in asked(text)
    assert rejections(text) == ([] if "2024" in day else [(3, "bad_date")])


def test_a_name_that_fits_both_orders_shows_none():
    assert "date_order" in asked(TOGGL + toggl("05/04/2024"), "timetagger-20240101-20241231.csv")


POLISH = (
    "Projekt;Klient;Opis;Rozliczalne;Data rozpoczęcia;Godzina rozpoczęcia;Data zakończenia;Godzina zakończenia;"
    "Czas trwania (h);Czas trwania (dziesiętnie)"
)
RUSSIAN = (
    "Проект;Клиент;Описание;Оплачиваемое;Дата начала;Время начала;Дата окончания;Время окончания;"
    "Длительность (ч);Длительность (десятичная)"
)


@pytest.mark.parametrize(
    ("header", "yes"),
    [
        (POLISH, "Tak"), (RUSSIAN, "Да"),
        ("プロジェクト;クライアント;説明;請求可能;開始日;開始時間;終了日;終了時間;期間 (h);期間 (小数)", "はい"),
        ("项目;客户;描述;可计费;开始日期;开始时间;结束日期;结束时间;时长 (h);时长 (十进制)", "是"),
        ("Project;Klant;Beschrijving;Factureerbaar;Startdatum;Starttijd;Einddatum;Eindtijd;Duur (u);Duur (decimaal)",
         "Ja"),
        ("projectName;clientName;description;billable;startDate;startTime;endDate;endTime;timeH;timeDecimal", "1"),
    ],
)  # fmt: skip
def test_clockify_speaks_the_language_of_its_user(header, yes):
    found = open_file(f"{header}\nP;C;x;{yes};2024-05-05;09:00;2024-05-05;10:00;01:00:00;1.00\n")
    (row,) = found.rows()

    assert (clocks(row), row.duration_seconds) == ("2024-05-05 09:00:00 - 2024-05-05 10:00:00", 3600)
    assert (found.tool, row.project, row.client, row.name, row.billable) == ("clockify", "P", "C", "x", True)


@pytest.mark.parametrize(
    "title",
    [
        "Start\u200b date",
        "\u200eStart date\u200e",
        "Start\u2011date",
        "Start\u2002date",
        "“Start date”",
        "Sta\u00adrt date",
    ],
)
def test_titles_are_known_whatever_is_not_seen_in_them(title):
    assert clocks(session(TOGGL.replace("Start date", title) + toggl())) == "2024-05-05 09:00:00 - 2024-05-05 10:00:00"


@pytest.mark.parametrize(
    "header",
    [
        "Beschreibung,Mitglied,Projekt,Startdatum,Startzeit,Stoppdatum,Stoppzeit",
        "Description,Membre,Projet,Date de début,Heure de début,Date d’arrêt,Heure d’arrêt",
        "Descripción,Miembro,Proyecto,Fecha de inicio,Hora de inicio,Fecha de parada,Hora de parada",
        "Descrição,Membro,Projeto,Data de início,Hora de início,Data de parada,Hora de parada",
        "Omschrijving,Lid,Project,Startdatum,Starttijd,Stopdatum,Stoptijd",
    ],
)
def test_toggl_stops_in_other_languages(header):
    found = session(f"{header}\nx,Ann,P,2024-05-05,23:30:00,2024-05-06,00:30:00\n")

    assert clocks(found) == "2024-05-05 23:30:00 - 2024-05-06 00:30:00"


@pytest.mark.parametrize(
    ("header", "yes"),
    [
        (("Progetto,Descrizione,Fatturabile,Data di inizio,Ora di inizio,Data di fine,Ora di fine,"
         "Durata (h),Durata (decimale),Tariffa fatturabile (EUR),Importo fatturabile (EUR)"), "Sì"),
        (("Projeto,Descrição,Faturável,Data de início,Hora de início,Data final,Hora final,"
         "Duração (h),Duração (decimal),Taxa faturável (EUR),Valor faturável (EUR)"), "Sim"),
    ],
)  # fmt: skip
def test_clockify_rates_have_titles_in_the_language_of_the_user(header, yes):
    found = session(f'{header}\nP,x,{yes},13/05/2024,09:00,13/05/2024,10:00,01:00,"1,00","80,50","80,50"\n')

    assert (found.rate, found.currency, found.billable) == (Decimal("80.5"), "EUR", True)


# Rows


@pytest.mark.parametrize(
    "label", ["Total", "Total:", "Grand total", "Totals", "Gesamt", "Summe", "Somme", "Total (3 entries)"]
)
def test_labels_of_totals(label):
    harvest = "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,First Name,Last Name\n"
    row = "2024-05-05,C,P,,T,n,1.5,Yes,Ann,B\n"

    assert skipped(f"{harvest}{row}{label},,,,,,1.5,,,\n") == [(3, "total")]


@pytest.mark.parametrize("project", ["Summer party", "Total redesign", "Sumo"])
def test_rows_that_resemble_totals_are_rejected(project):
    row = f"Ann,ann@example.com,C,{project},,x,No,,09:00:00,,10:00:00,01:00:00,\n"

    assert rejections(TOGGL + toggl() + row) == [(3, "missing_start")]


def test_a_stray_quote_that_meets_the_quotes_of_the_next_row_swallows_none():
    text = TOGGL + toggl(name='"a') + toggl(name='"q, r"') + toggl(name="b")

    assert [(each.line, each.name) for each in sessions(text)] == [(2, '"a'), (3, "q, r"), (4, "b")]


@pytest.mark.parametrize("which", [range(3), [1]])
def test_rows_that_a_spreadsheet_quoted_as_one_cell(which):
    lines = (TOGGL + toggl(name='"a, ""b"""') + toggl(name="c")).splitlines()
    lines = [
        '"' + line.replace('"', '""') + '"' if number in which else line.replace('"', "")
        for number, line in enumerate(lines)
    ]

    assert [(each.line, each.name) for each in sessions("\n".join(lines))] == [(2, 'a, "b"'), (3, "c")]


# Tools


@pytest.mark.parametrize(
    "header",
    [
        "Aktivität\tBeginn\tEnde\tDauer in Minuten\tKategorie\tBeschreibung\tSchlagworte",
        "naam\tbegin\teind\tduur\tcategorie\tomschrijving\tlabels",
    ],
)
def test_hamster_is_known_in_any_language(header):
    rows = "w\t2024-05-05 22:00:00\t2024-05-06 01:00:00\t180\tDay\td\ta, b\nr\t2024-05-06 22:00:00\t\t0\tDay\td\t\n"
    file = open_file(f"{header}\n{rows}")
    first, running = file.rows()

    assert (file.tool, clocks(first)) == ("hamster", "2024-05-05 22:00:00 - 2024-05-06 01:00:00")
    assert (first.name, first.note, first.project, first.tags) == ("w", "d", "Day", ("a", "b"))
    assert running.is_running


@pytest.mark.parametrize("times", [("2024-05-05 09:00:00Z", "2024-05-05 10:00:00"),
                                   ("2024-05-05 09:00:00", "2024-05-05T10:00:00+02:00")])  # fmt: skip
def test_an_offset_at_one_of_two_times_is_rejected(times):
    start, end = times
    whole = '<activity name="w" start_time="2024-05-05 09:00:00" end_time="2024-05-05 10:00:00"/>'
    mixed = f'<activity name="w" start_time="{start}" end_time="{end}"/>'
    rows = list(open_file(f"<activities>{whole}{mixed}</activities>").rows())

    assert [getattr(row, "code", None) for row in rows] == [None, "bad_time"]


@pytest.mark.parametrize("minutes", ["150", "150.0", "150,0", "149.98333333333332"])
def test_hamsters_minutes_may_have_decimals(minutes):
    header = "Aktivität\tStartzeit\tEndzeit\tDauer in Minuten\tKategorie\tBeschreibung\tTags\n"
    file = open_file(header + f"Entwurf\t2024-05-05 22:00:00\t2024-05-06 00:30:00\t{minutes}\tArbeit\tText\ta, b\n")
    (row,) = file.rows()

    assert (file.tool, row.name, row.project, row.note) == ("hamster", "Entwurf", "Arbeit", "Text")
    assert row.tags == ("a", "b")


def test_a_table_with_an_offset_at_one_of_two_times_is_not_hamsters():
    row = "w\t2024-05-05 22:00:00Z\t2024-05-06 01:00:00\t180\tDay\td\ta\n"

    assert open_file(f"naam\tbegin\teind\tduur\tcategorie\tomschrijving\tlabels\n{row}").tool != "hamster"


@pytest.mark.parametrize("start", ["10.30", "0", "86400"])
def test_what_is_no_unix_time_is_not_1970(start):
    records = f'{{"records": [{{"key": "k", "t1": {start}, "t2": 12.15, "ds": "x"}}]}}'

    assert rejections(records) == [(1, "bad_time")]


def test_computer_activity_without_titles_is_no_tracked_time():
    rows = "2020-01-31 09:00:00 -0800,app,details,category,subcategory,300\n" * 3

    with pytest.raises(UnreadableFileError, match="RescueTime"):
        open_file(rows, "rescuetime-activity-history.csv")


def test_the_table_of_a_solidtime_zip_leads_to_the_zip():
    """Alone it has ids for names, and rates in cents."""
    header = "id,description,start,end,billable_rate,billable,member_id,organization_id,client_id,project_id,tags"
    row = "0198,x,2024-05-05T22:00:00Z,2024-05-05T23:00:00Z,8000,true,m,o,,,[]"

    with pytest.raises(UnreadableFileError, match="ZIP"):
        open_file(f"{header}\n{row}\n", "time_entries.csv")


def test_a_total_below_few_rows_hides_no_column():
    text = "sep=;\r\nTag;Mitarbeiter;Projekt;Notiz;Beginn;Ende;Stunden\r\n"
    text += "13.05.2024;Ada;P;x;08:00;09:30;1,5\r\n14.05.2024;Ada;P;y;22:00;01:00;3,0\r\nSumme;;;;;;4,5\r\n"

    assert [clocks(each) for each in sessions(text)] == [
        "2024-05-13 08:00:00 - 2024-05-13 09:30:00",
        "2024-05-14 22:00:00 - 2024-05-15 01:00:00",
    ]
    assert skipped(text) == [(5, "total")]


@pytest.mark.parametrize(("ids", "found"), [("17 17", ["", ""]), ("17 18", ["17", "18"])])
def test_an_id_that_repeats_is_not_that_of_a_row(ids, found):
    first, second = ids.split()
    text = f"ID,Date,Hours,What\n{first},2024-05-13,1.5,a\n{second},2024-05-14,2,b\n"

    assert [each.external_id for each in sessions(text)] == found


def test_a_user_is_the_same_in_any_case():
    text = TOGGL + toggl() + toggl(start="08:00:00", end="09:00:00").replace("ann@", "Ann@")

    assert open_file(text).users == ("ann@example.com",)
    assert len(sessions(text)) == 2
    assert "whose" not in asked(text)


def test_clockify_rates_of_another_german_word():
    text = (
        '"Projekt";"Kunde";"Beschreibung";"Benutzer";"Abrechenbar";"Startdatum";"Startzeit";"Enddatum";"Endzeit";'
        '"Dauer (h)";"Abrechnungssatz (EUR)";"Abrechenbarer Betrag (EUR)"\n'
        '"Seite";"Acme";"Entwurf";"Jo";"Ja";"02.03.2026";"09:00:00";"02.03.2026";"10:30:00";"01:30:00";"80,00";"120,00"\n'
    )

    assert (session(text).rate, session(text).currency) == (Decimal("80.00"), "EUR")
