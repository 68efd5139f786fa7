"""The language a person chooses is theirs on every device, and changes nobody else's."""

from __future__ import annotations

from django.test import Client

from smarthub.members.queries import get_person
from tests.cast import Cast
from tests.portal.conftest import SignIn


def language_of(cast: Cast) -> tuple[str, str]:
    people = (cast.maria.person_id, cast.rosa.person_id)
    maria, rosa = (get_person(person_id=person_id).language for person_id in people)
    return maria, rosa


class TestChoosingALanguage:
    def test_is_remembered_for_the_person_on_another_device(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        sign_in(cast.maria).post("/language/", {"language": "es", "next": "/more/"})

        assert language_of(cast) == ("es", "es")
        assert 'lang="es"' in sign_in(cast.maria).get("/more/").content.decode()

    def test_of_no_known_name_changes_nothing(self, cast: Cast, sign_in: SignIn) -> None:
        sign_in(cast.maria).post("/language/", {"language": "tlh", "next": "/more/"})

        assert language_of(cast) == ("en", "es")

    def test_before_signing_in_is_this_browsers_only(self, cast: Cast) -> None:
        browser = Client()

        browser.post("/language/", {"language": "es", "next": "/contact/"})

        assert 'lang="es"' in browser.get("/contact/").content.decode()
        assert language_of(cast) == ("en", "es")

    def test_is_not_changed_by_a_mere_look(self, cast: Cast, sign_in: SignIn) -> None:
        assert sign_in(cast.maria).get("/language/").status_code == 405

        assert language_of(cast) == ("en", "es")
