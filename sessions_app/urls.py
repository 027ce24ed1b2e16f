"""Pages. Each action is a plain form or link; redirects lead back to the page it was on."""

from django.urls import path, register_converter

from sessions_app.models import Kind
from sessions_app.views import (
    account_export,
    catalogue,
    downloads,
    feeds,
    history,
    periods,
    reports,
    repricing,
    restructuring,
    sessions,
    timer,
    timesheet,
)
from timetracker.url_converters import DateConverter, MonthConverter

register_converter(DateConverter, "date")
register_converter(MonthConverter, "month")

_PROJECT, _CLIENT, _TAG = ({"kind": kind} for kind in (Kind.PROJECT, Kind.CLIENT, Kind.TAG))

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
    path("export/", account_export.account_export, name="account_export"),
    path("export/import/", account_export.account_import, name="account_import"),
    path("timer/start/", timer.start, name="timer_start"),
    path("timer/stop/", timer.stop, name="timer_stop"),
    path("timer/stop-at/", timer.stop_at, name="timer_stop_at"),
    path("sessions/add/", sessions.session_add, name="session_add"),
    path("sessions/selection/", sessions.session_selection, name="session_selection"),
    path("sessions/<uuid:session_id>/edit/", sessions.session_edit, name="session_edit"),
    path("sessions/<uuid:session_id>/edit/name/", sessions.session_edit_name, name="session_edit_name"),
    path("sessions/<uuid:session_id>/edit/times/", sessions.session_retime, name="session_retime"),
    path("sessions/<uuid:session_id>/continue/", timer.session_continue, name="session_continue"),
    path("sessions/<uuid:session_id>/duplicate/", sessions.session_duplicate, name="session_duplicate"),
    path("sessions/<uuid:session_id>/split/", restructuring.session_split, name="session_split"),
    path("sessions/<uuid:session_id>/merge/", restructuring.session_merge, name="session_merge"),
    path("sessions/<uuid:session_id>/move/", restructuring.session_move, name="session_move"),
    path("sessions/<uuid:session_id>/insert/", restructuring.session_insert, name="session_insert"),
    path("sessions/<uuid:session_id>/confirm/", sessions.session_confirm, name="session_confirm"),
    path("sessions/<uuid:session_id>/delete/", sessions.session_delete, name="session_delete"),
    path("sessions/<uuid:session_id>/restore/", history.session_restore, name="session_restore"),
    path("overlaps/keep/", periods.overlap_keep, name="overlap_keep"),
    path("undo/", history.undo_list, name="undo_list"),
    path("undo/changeset/", history.undo, name="undo"),
    path("undo/go-on/", history.work_go_on, name="work_go_on"),
    path("trash/", history.trash, name="trash"),
    path("trash/empty/", history.trash_empty, name="trash_empty"),
    path("feeds/<str:secret>.ics", feeds.feed, name="feed"),
    path("projects/", catalogue.entry_list, _PROJECT, name="project_list"),
    path("projects/<uuid:entry_id>/", catalogue.entry_detail, _PROJECT, name="project_detail"),
    path("projects/<uuid:entry_id>/archive/", catalogue.entry_archive, _PROJECT, name="project_archive"),
    path("projects/<uuid:entry_id>/delete/", catalogue.entry_delete, _PROJECT, name="project_delete"),
    path("projects/<uuid:entry_id>/merge/", catalogue.project_merge, name="project_merge"),
    path("projects/<uuid:entry_id>/rates/", repricing.repricing, _PROJECT, name="project_repricing"),
    path("clients/", catalogue.entry_list, _CLIENT, name="client_list"),
    path("clients/<uuid:entry_id>/", catalogue.entry_detail, _CLIENT, name="client_detail"),
    path("clients/<uuid:entry_id>/archive/", catalogue.entry_archive, _CLIENT, name="client_archive"),
    path("clients/<uuid:entry_id>/delete/", catalogue.entry_delete, _CLIENT, name="client_delete"),
    path("clients/<uuid:entry_id>/rates/", repricing.repricing, _CLIENT, name="client_repricing"),
    path("tags/", catalogue.entry_list, _TAG, name="tag_list"),
    path("tags/<uuid:entry_id>/", catalogue.entry_detail, _TAG, name="tag_detail"),
    path("tags/<uuid:entry_id>/archive/", catalogue.entry_archive, _TAG, name="tag_archive"),
    path("tags/<uuid:entry_id>/delete/", catalogue.entry_delete, _TAG, name="tag_delete"),
    path("settings/rates/", repricing.repricing, name="repricing"),
]
