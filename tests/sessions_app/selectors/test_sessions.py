"""Single sessions of a user"""

from sessions_app import services
from sessions_app.selectors.sessions import find_running
from tests.factories import WEB, start_session


def test_the_running_session_is_found_with_one_query(owner, stranger, django_assert_num_queries):
    started = start_session(owner, "2026-11-20T08:00:00Z", "Logo")
    start_session(stranger, "2026-11-20T08:00:00Z", "Theirs")

    with django_assert_num_queries(1):
        running = find_running(owner)
    assert running == started

    services.stop_timer(owner, WEB)
    assert find_running(owner) is None
