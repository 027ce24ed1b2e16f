"""The titles that columns have in the exports of all tools, in the languages they speak."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

MAX_TITLE = 120
"""More characters than any title has."""
_NOT_LETTERS = re.compile(r"[^0-9a-z\u0400-\u1fff\u2c00-\uffff]+")
_UNSEEN = {"Cf", "Me", "Mn"}
"""The categories of what is not seen, and of accents."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOTAL = re.compile(
    r"(?:grand |sub ?|sous )?totals?\b|(?:zwischen|gesamt)?summe\b|"
    r"(?:sum|summa|gesamt|somme|totaal|totale|suma|insgesamt)\b|"
    r"(?:razem|celkem|yhteensa|osszesen|toplam|i alt|итого|всего|合計|合计)\b"
)
_VAGUE = frozenset({"rate"})
"""Titles that say less than any other of their field: beside an hourly rate the API of Kimai calls an amount so."""
_VAGUER = 2
_IN_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")

# Folded titles by field, the commonest first. `start` and `end` are clocks or whole stamps: cells tell which.
_TITLES: Mapping[str, str] = {
    "start_date": """start date, date started, startdatum, anfangsdatum, date de debut, date debut, fecha de inicio,
        fecha inicio, fecha inicial, data de inicio, data inicial, data di inizio, data inizio, begindatum,
        data rozpoczecia, from date, begin date, startdato, start day, дата начала, datum zahajeni, 開始日,
        开始日期, baslangic tarihi""",
    "end_date": """end date, stop date, date ended, enddatum, date de fin, date fin, fecha de finalizacion, fecha de
        fin, fecha fin, fecha final, data de termino, data de fim, data final, data fim, data di fine, data
        fine, einddatum, data zakonczenia, to date, finish date, slutdato, end day, дата окончания, datum
        ukonceni, 終了日, 结束日期, bitis tarihi, stoppdatum, stopdatum, date d arret, fecha de parada, data de
        parada""",
    "date": """date, datum, day, fecha, data, dato, jour, work date, spent date, spent on, spent
        at, entry date, log date, workday, paiva, paivamaara, date worked""",
    "start": """start, start time, from, begin, started, started at, start at, time start, time in, clock in,
        starttime, von, beginn, startzeit, anfang, anfangszeit, beginnzeit, de, debut, heure de debut, heure
        debut, desde, inicio, hora de inicio, hora inicio, hora inicial, inizio, ora di inizio, ora inizio,
        begintijd, starttijd, van, dalle, start datetime, start date time, start timestamp, begin time, from
        time, start clock, data e ora di inizio, godzina rozpoczecia, starttid, start local, time from,
        begins, in, kommen, kommt, da, od, время начала, cas zahajeni, 開始時刻, 開始時間, 开始时间, baslangic
        saati""",
    "end": """end, end time, to, stop, stop time, finish, ended, ended at, end at, finished, finished at, stopped
        at, time end, time out, clock out, endtime, bis, ende, endzeit, endezeit, a, fin, heure de fin,
        heure fin, hasta, hora de finalizacion, hora de fin, hora fin, hora final, fim, termino, hora de
        termino, hora fim, fine, ora di fine, ora fine, eindtijd, tot, einde, alle, end datetime, end date
        time, end timestamp, to time, godzina zakonczenia, sluttid, end local, time to, ends, out, gehen, geht, ate,
        do, время
        окончания, cas ukonceni, 終了時刻, 終了時間, 结束时间, bitis saati, stoppzeit, stoptijd, heure d arret,
        hora de parada""",
    "decimal": """duration decimal, decimal duration, time decimal, dauer dezimal, duree decimale, duracion decimal,
        duracao decimal, durata decimale, duur decimaal, durata decimal, decimal hours, duree decimal, hours
        decimal, dezimal, czas trwania dziesietnie, длительность десятичная, 期間 小数, 时长 十进制""",
    "duration": """duration, duration h, time h, dauer, dauer h, duree, duree h, duracion, duracion h, duracao, duracao
        h, durata, durata h, duur, duur h, czas trwania, time spent, tracked time, time tracked, logged
        time, varighet, length, elapsed, duration h m, elapsed time, total time, worked, duration hh mm ss,
        dauer hh mm, spent, kesto, arbeitszeit, worked time, time worked, tracked, czas trwania h,
        длительность, длительность ч, doba trvani, doba trvani h, 期間, 期間 h, 时长, 时长 h""",
    "hours": """hours, stunden, heures, horas, ore, uren, time in hours, hours worked, logged hours, worked hours,
        total hours, net hours,
        tracked hours, hours tracked, tunnit, timer, godziny, std, qty hours, anzahl stunden, time""",
    "minutes": """minutes, duration minutes, minuten, duration m, duration min, minutos, minuti, time in minutes,
        dauer minuten""",
    "seconds": """seconds, duration seconds, sekunden, duration s, time in seconds, time spent seconds, secondes,
        segundos, secondi""",
    "break": """break, breaks, break time, break duration, break min, break minutes, break h, break hours, lunch,
        lunch break, unpaid break, pause, pausen, pausenzeit, pausendauer, pause min, pause minuten, pause h, pausa,
        pausas, descanso, pauze, pauzes, przerwa, tauko""",
    "description": """description, time entry description, beschreibung, descripcion, descricao, descrizione,
        omschrijving, opis, comment, comments, kommentar, commentaire, bemerkung, bemerkungen, comentario,
        comentarios, details, memo, time entry, entry, activity description, what, work description,
        summary, beskrivelse, title, subject, betreff, kuvaus, leistung, beschrijving, описание, popis, 説明,
        描述, aciklama""",
    "note": "note, notes, notiz, notizen, remark, remarks, notas, nota, notities, muistiinpanot",
    "project": """project, project name, projekt, projektname, projet, nom du projet, proyecto, projeto, progetto,
        project title, nombre del proyecto, nome do projeto, prosjekt, projekti, auftrag, проект, プロジェクト,
        项目, proje""",
    "client": """client, client name, customer, customer name, kunde, kundenname, auftraggeber, cliente, klant,
        klient, nom du client, company, firma, account name, kund, asiakas, client company, mandant, клиент,
        クライアント, 客户, musteri""",
    "task": """task, task name, activity, activity name, aufgabe, tatigkeit, taetigkeit, aktivitat, aktivitaet,
        tache, activite, tarea, actividad, tarefa, atividade, compito, attivita, taak, activiteit, zadanie,
        task title, arbeitsgang, job, tasks, activities, tehtava, service, aktivitet, задача, ukol, タスク, 任务,
        gorev""",
    "tags": """tags, tag, labels, label, schlagworte, schlagworter, schlagwort, etiketten, mots cles, mot cle,
        etiquettes, etiquetas, marcadores, etichette, tagi, stichworte, stichworter, keywords, categories,
        теги, stitky, タグ, 标签, etiketler""",
    "billable": """billable, is billable, abrechenbar, verrechenbar, fakturierbar, facturable, facturavel, faturavel,
        fatturabile, factureerbaar, billing, billable status, rechnungsfahig, billed status, rozliczalne,
        cobravel, berechenbar, fakturerbar, laskutettava, оплачиваемое, uctovatelne, 請求可能, 可计费""",
    "invoiced": """invoiced, exported, exportiert, exporte, billed, abgerechnet, facture, facturado, faturado,
        fatturato, gefactureerd, berechnet""",
    "user": """user, member, user name, username, benutzer, benutzername, mitarbeiter, mitglied, nutzer,
        utilisateur, membre, usuario, miembro, membro, utente, gebruiker, lid, person, employee, staff,
        worker, team member, who, uzytkownik, anwender, bruker, kayttaja, full name, пользователь, uzivatel,
        ユーザー, 用户, kullanici""",
    "email": """email, e mail, user email, mail, courriel, correo electronico, correo, email address, adresse e
        mail, e mail adresse, emailadresse, adresse email, эл почта, e posta, メール, 电子邮件""",
    "first_name": "first name, vorname, prenom, nombre, given name, nome, voornaam, etunimi",
    "last_name": """last name, nachname, surname, family name, nom de famille, apellido, sobrenome, cognome,
        achternaam, sukunimi""",
    "rate": """billable rate, hourly rate, hourly price, rate, rate per hour, stundensatz, stundenlohn,
        stundenpreis, abrechnungssatz, verrechnungssatz,
        taux horaire, prix horaire, tarif horaire, tarifa por hora, tarifa facturable, taxa horaria,
        tariffa oraria, uurtarief, price per hour, tarifa, abrechenbarer satz, taux facturable,
        tariffa fatturabile, taxa faturavel""",
    "amount": """amount, billable amount, price, total, sum, betrag, preis, montant, prix, importe, valor, importo,
        bedrag, summe, lohn, taux, importe facturable,
        abrechenbarer betrag, montant facturable, importo fatturabile, valor faturavel""",
    "currency": "currency, wahrung, waehrung, devise, monnaie, moneda, moeda, valuta, waluta, valuutta",
    "fixed_rate": "fixed price, fixed rate, festpreis, fixpreis, prix fixe, taux fixe, tarif fixe",
    "type": "type, typ, entry type, tipo, art",
    "timezone": "timezone, time zone, zeitzone, fuseau horaire, zona horaria, tz",
    "id": "id, uuid, entry id, time entry id, key, external id, guid",
    "unix_start": "unix start",
    "unix_end": "unix end",
}


def fold_title(title: str) -> str:
    """Returns what a title has in common with itself in other letters, accents, marks and blanks.

    Only the first MAX_TITLE characters are looked at.
    """
    return _fold_title(title[:MAX_TITLE])


@lru_cache(maxsize=2048)
def _fold_title(title: str) -> str:
    title = _CAMEL.sub(" ", title) if title[:1].islower() else title
    apart = unicodedata.normalize("NFKD", title).casefold().replace("ß", "ss")
    apart = "".join(letter for letter in apart if unicodedata.category(letter) not in _UNSEEN)
    return _NOT_LETTERS.sub(" ", apart).strip()


def title_forms(title: str) -> tuple[str, ...]:
    """Returns a title folded, and folded without what is in brackets (`Amount (EUR)`)."""
    whole, bare = fold_title(title), fold_title(_IN_BRACKETS.sub(" ", title[:MAX_TITLE]))
    return (whole, bare) if bare and bare != whole else (whole,)


def bracketed(title: str) -> str:
    """Returns what a title has in brackets, "" without any."""
    found = _IN_BRACKETS.search(title[:MAX_TITLE])
    return found[1].strip() if found else ""


def is_label_of_total(text: str) -> bool:
    """Tells whether a cell begins with a word for a sum, as one does that says that its row is a sum of others."""
    return _TOTAL.match(fold_title(text)) is not None


def is_total(text: str) -> bool:
    """Tells whether a cell is a word for a sum, and no more."""
    return _TOTAL.fullmatch(fold_title(text)) is not None


def _split(titles: str) -> tuple[str, ...]:
    split = (" ".join(title.split()) for title in titles.split(","))
    return tuple(title if title.isascii() else fold_title(title) for title in split)


FIELD_OF_TITLE: Mapping[str, str] = MappingProxyType(
    {title: field for field, titles in reversed(list(_TITLES.items())) for title in _split(titles)}
)


def columns_of(header: Iterable[str], extra: Mapping[str, str] = MappingProxyType({})) -> dict[str, int]:
    """Returns the number of the column of each field that a title names; of equal titles the first.

    `extra` are the folded titles that mean another field in the tool at hand, "" for none.
    """
    found: dict[str, int] = {}
    ranks: dict[str, int] = {}
    for number, title in enumerate(header):
        for cut, form in enumerate(title_forms(title)):
            rank = cut + _VAGUER * (form in _VAGUE)
            field = extra.get(form, FIELD_OF_TITLE.get(form)) if form else None
            if field is None:
                continue
            # A title that fits as it stands goes before one that fits without its brackets.
            if field and (field not in found or rank < ranks[field]):
                found[field], ranks[field] = number, rank
            break
    return found
