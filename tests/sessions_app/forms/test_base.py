"""What a rejected form sends next: what was sent, unless the user was told of something newer"""

from uuid import UUID, uuid4

from sessions_app.forms.base import NewSessionForm, VersionedForm


def test_a_form_sends_the_version_that_was_seen_until_a_later_one_was_told_of():
    form = VersionedForm({"version": "3"})
    assert (VersionedForm(initial={"version": 3}).next_version, form.next_version) == (3, "3")

    form.present_version = 4

    assert form.next_version == 4
    assert form.data == {"version": "3"}


def test_a_form_makes_one_session_however_often_it_is_sent():
    fresh, sent = NewSessionForm(), str(uuid4())
    form = NewSessionForm({"id": sent})

    assert UUID(str(fresh.next_id)).version == 7
    assert fresh.next_id == fresh.next_id
    assert form.next_id == sent


def test_a_form_whose_id_is_taken_has_another_when_it_is_sent_again():
    sent = str(uuid4())
    form = NewSessionForm({"id": sent})

    form.ask_again(None, "Press again.")

    assert form.errors == {"__all__": ["Press again."]}
    assert form.next_id not in {sent, UUID(sent)}
    assert form.next_id == form.next_id
    assert form.data == {"id": sent}
