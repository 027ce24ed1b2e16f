"""Pages. Each action is a plain form or link; redirects lead back to where it was pressed."""

from django.urls import path, register_converter

from sessions_app.converters import DateConverter, MonthConverter
from sessions_app.views import editing, periods, timer

register_converter(DateConverter, "date")
register_converter(MonthConverter, "month")

urlpatterns = [
    path("", periods.today, name="today"),
    path("day/<date:date>/", periods.day, name="day"),
    path("week/", periods.week, name="week_now"),
    path("week/<date:date>/", periods.week, name="week"),
    path("month/", periods.month, name="month_now"),
    path("month/<month:date>/", periods.month, name="month"),
    path("timer/start/", timer.start, name="timer_start"),
    path("timer/stop/", timer.stop, name="timer_stop"),
    path("sessions/add/", editing.session_add, name="session_add"),
    path("sessions/<uuid:session_id>/edit/name/", editing.session_edit_name, name="session_edit_name"),
]
