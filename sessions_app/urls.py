"""Pages. Each action is a plain form or link; redirects lead back to where it was pressed."""

from django.urls import path, register_converter

from sessions_app.converters import DateConverter, MonthConverter
from sessions_app.models import Kind
from sessions_app.views import (
    downloads,
    editing,
    feeds,
    periods,
    presses,
    projects,
    rates,
    reports,
    rows,
    selection,
    session,
    shaping,
    takeout,
    timer,
    timesheet,
    undo,
)

register_converter(DateConverter, "date")
register_converter(MonthConverter, "month")

urlpatterns = [
    path("", periods.today, name="today"),
    path("day/<date:date>/", periods.day, name="day"),
    path("week/", periods.week, name="week_now"),
    path("week/<date:date>/", periods.week, name="week"),
    path("month/", periods.month, name="month_now"),
    path("month/<month:date>/", periods.month, name="month"),
    path("reports/", reports.reports, name="reports"),
    path("reports/download.<str:format>", downloads.report, name="report_download"),
    path("reports/sessions/", reports.report_sessions, name="report_sessions"),
    path("reports/sessions/download.<str:format>", downloads.report_sessions, name="report_sessions_download"),
    path("timesheet/", timesheet.timesheet, name="timesheet"),
    path("timesheet.pdf", timesheet.timesheet_pdf, name="timesheet_pdf"),
    path("takeout/", takeout.takeout, name="takeout"),
    path("takeout/import/", takeout.takeout_import, name="takeout_import"),
    path("timer/start/", timer.start, name="timer_start"),
    path("timer/stop/", timer.stop, name="timer_stop"),
    path("timer/stop-at/", timer.stop_at, name="timer_stop_at"),
    path("sessions/add/", editing.session_add, name="session_add"),
    path("sessions/selection/", selection.selection, name="selection"),
    path("sessions/<uuid:session_id>/edit/", session.session_edit, name="session_edit"),
    path("sessions/<uuid:session_id>/edit/name/", editing.session_edit_name, name="session_edit_name"),
    path("sessions/<uuid:session_id>/edit/times/", presses.session_retime, name="session_retime"),
    path("sessions/<uuid:session_id>/continue/", presses.session_continue, name="session_continue"),
    path("sessions/<uuid:session_id>/duplicate/", presses.session_duplicate, name="session_duplicate"),
    path("sessions/<uuid:session_id>/split/", shaping.session_split, name="session_split"),
    path("sessions/<uuid:session_id>/merge/", presses.session_merge, name="session_merge"),
    path("sessions/<uuid:session_id>/move/", shaping.session_move, name="session_move"),
    path("sessions/<uuid:session_id>/insert/", shaping.session_insert, name="session_insert"),
    path("sessions/<uuid:session_id>/confirm/", presses.session_confirm, name="session_confirm"),
    path("sessions/<uuid:session_id>/delete/", presses.session_delete, name="session_delete"),
    path("sessions/<uuid:session_id>/restore/", undo.session_restore, name="session_restore"),
    path("overlaps/keep/", rows.overlap_keep, name="overlap_keep"),
    path("undo/", undo.undo_list, name="undo_list"),
    path("undo/press/", undo.undo, name="undo"),
    path("trash/", undo.trash, name="trash"),
    path("trash/empty/", undo.trash_empty, name="trash_empty"),
    path("feeds/<str:secret>.ics", feeds.feed, name="feed"),
]

for kind in (Kind.PROJECT, Kind.CLIENT, Kind.TAG):  # `projects`, `project`, `project_archive`, …
    of_kind = {"kind": kind}
    urlpatterns += [
        path(f"{kind}s/", projects.item_list, of_kind, name=f"{kind}s"),
        path(f"{kind}s/<uuid:item_id>/", projects.item_page, of_kind, name=kind.value),
        path(f"{kind}s/<uuid:item_id>/archive/", projects.item_archive, of_kind, name=f"{kind}_archive"),
        path(f"{kind}s/<uuid:item_id>/delete/", projects.item_delete, of_kind, name=f"{kind}_delete"),
    ]
urlpatterns += [
    path("projects/<uuid:item_id>/merge/", projects.project_merge, name="project_merge"),
    path("projects/<uuid:item_id>/rates/", rates.rates, {"kind": Kind.PROJECT}, name="project_rates"),
    path("clients/<uuid:item_id>/rates/", rates.rates, {"kind": Kind.CLIENT}, name="client_rates"),
    path("settings/rates/", rates.rates, name="rates"),
]
