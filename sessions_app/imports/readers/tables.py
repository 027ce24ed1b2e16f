"""Reads a table of any tool: decides its layout, its dates and its numbers, and yields its rows."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from sessions_app.imports.evidence import Evidence, ask_whose, user_called
from sessions_app.imports.layouts import Layout
from sessions_app.imports.rows import Answers, DateOrder, Question, ReadFile
from sessions_app.imports.table_rows import TableReader
from sessions_app.imports.tables import Table
from sessions_app.timekeeping.messages import Message


def best_layout(layouts: Iterable[Layout], table: Table, file_name: str) -> Layout | None:
    """Returns the layout that fits a table best, None if none does."""
    fitting = {layout: fit for layout in layouts if (fit := layout.fit(table, file_name))}
    return max(fitting, key=lambda layout: fitting[layout], default=None)


def read_table(
    table: Table,
    layout: Layout,
    file_name: str,
    answers: Answers,
    now: datetime,
    *,
    columns: Mapping[str, int] | None = None,
    remarks: tuple[Message, ...] = (),
) -> ReadFile:
    """Returns a table as neutral rows, after all its records were read once; not again with final answers."""
    columns = dict(layout.columns(table) if columns is None else columns)
    if answers.is_final:
        questions: tuple[Question, ...] = ()
        users: dict[str, int] = {}
        final, unit = answers, answers.layout.get("unit", "hours")
        has_bare_clocks = bool(answers.layout.get("bare_clocks"))
        order: str = answers.date_order
        comma = answers.decimal_comma or False
    else:
        evidence = Evidence(columns, list(table.header))
        evidence.read(table.records())
        users, whose = evidence.users, user_called(answers.whose, evidence.users_by_name)
        order, order_question = evidence.date_order(file_name, answers.date_order, now, layout.dashed_order)
        known = table.delimiter == ";" if layout.is_download else answers.decimal_comma
        comma, comma_question = evidence.decimal_comma(known, table.delimiter)
        unit, has_bare_clocks = evidence.unit(layout.number_unit), evidence.has_bare_clocks
        asked = (
            Question("timezone", is_needed=True)
            if evidence.local_times and not answers.timezone and not layout.has_zone
            else None,
            order_question,
            comma_question,
            ask_whose(users, whose),
            Question("tasks_as", ("tag", "name")) if evidence.tasks and not answers.tasks_as else None,
        )
        questions = tuple(question for question in asked if question is not None)
        final = replace(
            answers,
            date_order=cast("DateOrder", order),
            decimal_comma=comma,
            whose=whose,
            columns=columns,
            layout={"unit": unit, "label": layout.label, "bare_clocks": "yes" if has_bare_clocks else ""},
            is_final=True,
        )
    reader = TableReader(table, layout, columns, final, order, comma, unit, has_bare_clocks)  # type: ignore[arg-type]
    return ReadFile(
        tool=layout.tool,
        label=layout.label,
        read_rows=reader.rows,
        questions=questions,
        answers=final,
        header=table.header,
        remarks=remarks,
        users=tuple(users),
    )
