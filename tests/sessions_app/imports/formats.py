"""Writes sessions as each tool would, by its description alone: nothing here comes from the readers under test."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

import openpyxl

ZONE = ZoneInfo("Asia/Kolkata")  # one offset all year: every local time is one instant


@dataclass(frozen=True)
class Entry:
    """A session of another tracker; instants are aware and whole seconds."""

    start: datetime
    end: datetime
    name: str = ""
    client: str = ""
    project: str = ""
    task: str = ""
    tags: tuple[str, ...] = ()
    billable: bool = False
    rate: Decimal = field(default_factory=lambda: Decimal(0))

    @property
    def seconds(self):
        return int((self.end - self.start).total_seconds())

    def local(self):
        return self.start.astimezone(ZONE), self.end.astimezone(ZONE)


def csv_bytes(rows, *, delimiter=",", quoting=csv.QUOTE_MINIMAL, bom=False, end="\r\n", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    return ("\ufeff" if bom else "").encode(encoding) + text.getvalue().encode(encoding)


def clock(seconds, style="h:mm:ss"):
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}" if style == "hh:mm:ss" else f"{hours}:{minutes:02}:{seconds:02}"


def toggl_detailed(entries):
    header = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags"
    rows = [[*header.split(","), "Amount (EUR)"]]
    for each in entries:
        start, end = each.local()
        rows.append([
            "Ann", "ann@example.com", each.client, each.project, each.task, each.name, "Yes" if each.billable else "No",
            f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}", f"{end:%Y-%m-%d}", f"{end:%H:%M:%S}",
            clock(each.seconds, "hh:mm:ss"), ", ".join(each.tags), "",
        ])  # fmt: skip
    return csv_bytes(rows, bom=True, end="\n")


def toggl_year(entries):
    text = toggl_detailed(entries).decode("utf-8-sig")
    rows = [row[:-1] for row in csv.reader(io.StringIO(text, newline=""))]
    return csv_bytes(rows, bom=True, quoting=csv.QUOTE_ALL)


def toggl_new(entries):
    rows = [["Description", "Duration", "Member", "Client", "Project", "Task", "Tags", "Billable", "Start date",
             "Start time", "Stop date", "Stop time"]]  # fmt: skip
    for each in entries:
        start, end = each.local()
        rows.append([
            each.name, clock(each.seconds), "Ann", each.client, each.project, each.task, ", ".join(each.tags),
            "Yes" if each.billable else "No", f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}", f"{end:%Y-%m-%d}",
            f"{end:%H:%M:%S}",
        ])  # fmt: skip
    return csv_bytes(rows, bom=True)


CLOCKIFY = [
    "Project", "Client", "Description", "Task", "User", "Group", "Email", "Tags", "Billable", "Start Date",
    "Start Time", "End Date", "End Time", "Duration (h)", "Duration (decimal)", "Billable Rate (USD)",
    "Billable Amount (USD)",
]  # fmt: skip


def clockify(entries, *, days="%m/%d/%Y", times="%I:%M:%S %p", header=CLOCKIFY):
    rows = [header]
    for each in entries:
        start, end = each.local()
        rows.append([
            each.project, each.client, each.name, each.task, "Ann", "", "ann@example.com", ", ".join(each.tags),
            "Yes" if each.billable else "No", start.strftime(days), start.strftime(times), end.strftime(days),
            end.strftime(times), clock(each.seconds, "hh:mm:ss"), f"{each.seconds / 3600:.2f}", "0.00", "0.00",
        ])  # fmt: skip
    return csv_bytes(rows, quoting=csv.QUOTE_ALL, end="\n")


def clockify_european(entries):
    return clockify(entries, days="%d.%m.%Y", times="%H:%M:%S")


def clockify_spanish(entries):
    header = [
        "Proyecto", "Cliente", "Descripción", "Tarea", "Usuario", "Grupo", "Correo electrónico", "Etiquetas",
        "Facturable", "Fecha de inicio", "Hora de inicio", "Fecha de finalización", "Hora de finalización",
        "Duración (h)", "Duración (decimal)", "Tarifa facturable (EUR)", "Importe facturable (EUR)",
    ]  # fmt: skip
    return clockify(entries, days="%d/%m/%Y", times="%H:%M:%S", header=header)


KIMAI = [
    "Date", "From", "To", "Duration", "Currency", "Price", "Internal price", "Hourly price", "Fixed price", "Name",
    "User", "E-mail", "Staff number", "Customer", "Project", "Activity", "Description", "Billable", "Tags", "Type",
    "category", "Account", "Project number", "VAT-ID", "Order number",
]  # fmt: skip
KIMAI_GERMAN = [
    "Datum", "Von", "Bis", "Dauer", "Währung", "Preis", "Interner Preis", "Stundenpreis", "Festpreis", "Name",
    "Benutzer", "E-Mail", "Personalnummer", "Kunde", "Projekt", "Tätigkeit", "Beschreibung", "Abrechenbar",
    "Schlagworte", "Typ", "category", "Kundennummer", "Projektnummer", "USt-ID", "Auftragsnummer",
]  # fmt: skip
KIMAI_FRENCH = [
    "Date", "De", "À", "Durée", "Devise", "Prix", "Prix interne", "Prix horaire", "Prix fixe", "Nom", "Utilisateur",
    "Courriel", "Matricule", "Client", "Projet", "Activité", "Description", "Facturable", "Mots-clés", "Type",
    "category", "Compte", "Numéro de projet", "TVA", "Numéro de commande",
]  # fmt: skip


def kimai(entries, *, header=KIMAI, duration=clock, delimiter=","):
    rows = [header]
    for each in entries:
        start, end = each.local()
        rows.append([
            f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{end:%H:%M}", duration(each.seconds), "EUR", "0.00", "0.00",
            "0.00", "", "Ann A", "ann", "ann@example.com", "", each.client, each.project, each.task, each.name,
            "1" if each.billable else "0", ", ".join(each.tags), "timesheet", "work", "", "", "", "",
        ])  # fmt: skip
    return csv_bytes(rows, delimiter=delimiter, end="\n")


def kimai_german(entries):
    return kimai(entries, header=KIMAI_GERMAN, delimiter=";")


def kimai_french(entries):
    return kimai(entries, header=KIMAI_FRENCH)


def kimai_1(entries):
    header = (
        "Date,From,To,Duration,Rate,Internal price,User,Customer,Project,Activity,Description,Exported,Billable,Tags,"
        "Hourly rate,Fixed rate,Type,category,Account,VAT-ID,Order number"
    )
    rows = [header.split(",")]
    for each in entries:
        start, end = each.local()
        rows.append([
            f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{end:%H:%M}", str(each.seconds), " EUR 84.00 ", " EUR 84.00 ",
            "ann", each.client, each.project, each.task, each.name, "no", "yes" if each.billable else "no",
            ",".join(each.tags), " EUR 0.00 ", "", "timesheet", "work", "", "", "",
        ])  # fmt: skip
    return csv_bytes(rows, quoting=csv.QUOTE_ALL, end="\n")


def timetagger_report(entries):
    rows = []
    for each in entries:
        start, end = each.local()
        rows.append([
            "", "", clock(each.seconds), f"{start:%d-%m-%Y}", f"{start:%H:%M}", f"{end:%H:%M}", each.name, "ann",
            " ".join(f"#{tag}" for tag in each.tags) or "#untagged",
        ])  # fmt: skip
    head = (
        "subtotals,tag_groups,duration,date,start,stop,description,user,tags\r\n\r\n10:02,Total,,,,,,,\r\n,,,,,,,,\r\n"
    )
    return head.encode() + csv_bytes(rows).rstrip(b"\r\n")


def timetagger_table(entries):
    lines = ["key\tstart\tstop\ttags\tdescription"]
    for number, each in enumerate(entries):
        tags = " ".join(f"#{tag}" for tag in each.tags)
        lines.append(
            f"key{number}\t{each.start:%Y-%m-%dT%H:%M:%SZ}\t{each.end:%Y-%m-%dT%H:%M:%SZ}\t{tags}\t{each.name}"
        )
    return "\n".join(lines).encode()


def timetagger_records(entries):
    records = [
        {
            "key": f"key{number}", "t1": int(each.start.timestamp()), "t2": int(each.end.timestamp()), "mt": 1,
            "st": 0.0,
            "ds": " ".join([each.name, *(f"#{tag}" for tag in each.tags)]).strip(),
        }
        for number, each in enumerate(entries)
    ]  # fmt: skip
    return json.dumps({"records": records}).encode()


def timewarrior_export(entries):
    lines = []
    for number, each in enumerate(entries):
        line = {"id": number, "start": f"{each.start:%Y%m%dT%H%M%SZ}", "end": f"{each.end:%Y%m%dT%H%M%SZ}"}
        if each.tags:
            line["tags"] = sorted(each.tags)
        if each.name:
            line["annotation"] = each.name
        lines.append(json.dumps(line, ensure_ascii=False))
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def timewarrior_data(entries):
    def quoted(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    lines = []
    for each in entries:
        tags = "".join(f" {quoted(tag)}" for tag in each.tags)
        line = f"inc {each.start:%Y%m%dT%H%M%SZ} - {each.end:%Y%m%dT%H%M%SZ} #{tags} # {quoted(each.name)}"
        lines.append(line)
    return "\n".join(lines).encode()


def watson_frames(entries):
    return json.dumps([
        [
            int(each.start.timestamp()), int(each.end.timestamp()), each.project or "p", f"{number:032x}",
            list(each.tags), 1,
        ]
        for number, each in enumerate(entries)
    ]).encode()  # fmt: skip


def watson_log(entries):
    return json.dumps([
        {
            "id": f"{number:032x}", "project": each.project or "p", "start": each.start.astimezone(ZONE).isoformat(),
            "stop": each.end.astimezone(ZONE).isoformat(), "tags": list(each.tags),
        }
        for number, each in enumerate(entries)
    ], indent=2).encode()  # fmt: skip


def watson_csv(entries):
    rows = [["id", "start", "stop", "project", "tags"]]
    for number, each in enumerate(entries):
        start, end = each.local()
        stamps = [f"{stamp:%Y-%m-%d %H:%M:%S}" for stamp in (start, end)]
        rows.append([f"{number:07x}", *stamps, each.project or "p", ", ".join(each.tags)])
    return csv_bytes(rows)


def solidtime_report(entries):
    rows = [
        [
            "Description",
            "Task",
            "Project",
            "Client",
            "User",
            "Start",
            "End",
            "Duration",
            "Duration (decimal)",
            "Billable",
            "Tags",
        ]
    ]
    for each in entries:
        stamps = [f"{stamp:%Y-%m-%d %H:%M:%S}" for stamp in each.local()]
        rows.append([
            each.name, each.task, each.project, each.client, "Ann", *stamps, clock(each.seconds),
            f"{each.seconds / 3600:.2f}", "Yes" if each.billable else "No", ", ".join(each.tags),
        ])  # fmt: skip
    return csv_bytes(rows)


def neutral(entries):
    rows = [["description", "billable", "client", "project", "tags", "start", "end", "task", "user_name", "user_email"]]
    for each in entries:
        stamps = [f"{stamp:%Y-%m-%dT%H:%M:%SZ}" for stamp in (each.start, each.end)]
        rows.append([
            each.name, "true" if each.billable else "false", each.client, each.project, ", ".join(each.tags), *stamps,
            each.task, "Ann", "ann@example.com",
        ])  # fmt: skip
    return csv_bytes(rows, quoting=csv.QUOTE_ALL)


def zip_bytes(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def solidtime_zip(entries):
    def ids(names, kind):
        return {name: str(UUID(int=kind * 10**6 + number)) for number, name in enumerate(sorted(names), start=1)}

    clients, tasks = ids({each.client for each in entries} - {""}, 1), ids({each.task for each in entries} - {""}, 3)
    projects = ids({(each.project, each.client) for each in entries if each.project}, 2)
    tags = ids({tag for each in entries for tag in each.tags}, 4)
    rows = [
        [
            "id",
            "description",
            "start",
            "end",
            "billable_rate",
            "billable",
            "member_id",
            "user_id",
            "organization_id",
            "client_id",
            "project_id",
            "task_id",
            "tags",
            "is_imported",
            "still_active_email_sent_at",
            "created_at",
            "updated_at",
        ]
    ]
    for number, each in enumerate(entries):
        rows.append([
            str(UUID(int=5 * 10**6 + number)), each.name, f"{each.start:%Y-%m-%dT%H:%M:%SZ}",
            f"{each.end:%Y-%m-%dT%H:%M:%SZ}", "8550" if each.billable else "", "true" if each.billable else "false",
            "m1", "u1", "o1", clients.get(each.client, ""), projects.get((each.project, each.client), ""),
            tasks.get(each.task, ""), json.dumps([tags[tag] for tag in each.tags]), "false", "", "", "",
        ])  # fmt: skip
    return zip_bytes({
        "meta.json": '{"version": "1.0"}',
        "organizations.csv": csv_bytes([["id", "name", "currency"], ["o1", "Org", "EUR"]]),
        "members.csv": csv_bytes([["id", "user_id", "name", "email"], ["m1", "u1", "Ann", "ann@example.com"]]),
        "clients.csv": csv_bytes([["id", "name"], *([number, name] for name, number in clients.items())]),
        "projects.csv": csv_bytes([
            ["id", "name", "billable_rate", "client_id", "is_billable", "archived_at"],
            *(
                [number, name, "10001", clients.get(client, ""), "true", ""]
                for (name, client), number in projects.items()
            ),
        ]),
        "tasks.csv": csv_bytes([["id", "name"], *([number, name] for name, number in tasks.items())]),
        "tags.csv": csv_bytes([["id", "name"], *([number, name] for name, number in tags.items())]),
        "time_entries.csv": csv_bytes(rows),
    })  # fmt: skip


def hamster_xml(entries):
    def activity(each):
        start, end = each.local()
        values = {
            "name": each.name, "start_time": f"{start:%Y-%m-%d %H:%M:%S}", "end_time": f"{end:%Y-%m-%d %H:%M:%S}",
            "duration_minutes": str(each.seconds // 60), "category": each.project, "description": "",
            "tags": ", ".join(each.tags),
        }  # fmt: skip
        return "<activity" + "".join(f" {key}={quoteattr(value)}" for key, value in values.items()) + "/>"

    return f'<?xml version="1.0" ?><activities>{"".join(map(activity, entries))}</activities>'.encode()


def hamster_table(entries):
    rows = [["activity", "start time", "end time", "duration minutes", "category", "description", "tags"]]
    for each in entries:
        stamps = [f"{stamp:%Y-%m-%d %H:%M:%S}" for stamp in each.local()]
        rows.append([each.name, *stamps, f"{each.seconds / 60:.2f}", each.project, "", ", ".join(each.tags)])
    return csv_bytes(rows, delimiter="\t")


def tyme_3(entries):
    header = (
        "type;category;project;task;subtask;unix_start;unix_end;start;end;date;start_time;end_time;duration;distance;"
        "quantity;rate;sum;rounding_minutes;rounding_method;billing;note;user"
    )
    rows = [header.split(";")]
    for each in entries:
        start, end = each.local()
        rows.append([
            "timed", each.client, each.project, each.task, "", int(each.start.timestamp()), int(each.end.timestamp()),
            f"{start:%d.%m.%y}", f"{end:%d.%m.%y}", f"{start:%d.%m.%y}", f"{start:%H:%M}", f"{end:%H:%M}", "1,00",
            "", "",
            "80,00", "80,00", "1", "nearest", "", each.name or "%", "Ann",
        ])  # fmt: skip
    return csv_bytes(rows, delimiter=";")


def icalendar(entries):
    def escaped(text):
        for letter in "\\;,":
            text = text.replace(letter, f"\\{letter}")
        return text

    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for each in entries:
        lines += [
            "BEGIN:VEVENT", f"DTSTART:{each.start:%Y%m%dT%H%M%SZ}", f"DTEND:{each.end:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{escaped(each.name)}", f"CATEGORIES:{','.join(map(escaped, each.tags))}", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    folded = ["\r\n ".join(line[at : at + 60] for at in range(0, len(line), 60)) for line in lines]
    return ("\r\n".join(folded) + "\r\n").encode()


def harvest(entries, *, decimal=".", days="%Y-%m-%d", rounded=False):
    header = [
        "Date",
        "Client",
        "Project",
        "Project Code",
        "Task",
        "Notes",
        "Hours",
        "Billable?",
        "Invoiced?",
        "Approved?",
        "First Name",
        "Last Name",
        "Employee Id",
        "Roles",
        "Employee?",
        "Billable Rate",
        "Billable Amount",
        "Cost Rate",
        "Cost Amount",
        "Currency",
        "External Reference URL",
    ]
    rows = [header if not rounded else [*header[:7], "Hours Rounded", *header[7:]]]
    for each in entries:
        start, _end = each.local()
        hours = f"{each.seconds / 3600:.2f}".replace(".", decimal)
        row = [
            start.strftime(days), each.client, each.project, "", each.task, each.name, hours,
            "Yes" if each.billable else "No", "No", "No", "Ann", "Smith", "", "", "Yes", f"100{decimal}0", "",
            f"0{decimal}0", f"0{decimal}0", "Euro - EUR", "",
        ]  # fmt: skip
        rows.append(row if not rounded else [*row[:7], "99", *row[7:]])
    return csv_bytes(rows)


def to_minutes(entries):
    """The same sessions, cut to whole minutes and one at least: what tools without seconds can tell."""
    cut = [replace(each, start=each.start.replace(second=0), end=each.end.replace(second=0)) for each in entries]
    return [each if each.seconds else replace(each, end=each.end + timedelta(minutes=1)) for each in cut]


def workbook(rows, sheets=1):
    """A workbook whose last sheet has these rows."""
    book = openpyxl.Workbook()
    for number in range(sheets - 1):
        book.active.append([f"notes {number}"])
        book.active = book.create_sheet()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
