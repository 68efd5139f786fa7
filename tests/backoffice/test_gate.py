"""The desk is for staff with a second factor; a member does not learn that it is there."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from tests.backoffice.conftest import SECRET, sign_in
from tests.backoffice.second_step import code_now, totp_code
from tests.cast import PASSWORD, Cast

DESK_PAGES = ["/desk/", "/desk/?q=1001", "/desk/work/", "/desk/accounts/1001/"]
MARIA, ROSA = "maria@prairieridge.example", "rosa@prairieridge.example"
DANA = "dana@prairieridge.example"


@pytest.mark.parametrize("page", DESK_PAGES)
class TestGate:
    @pytest.mark.parametrize("email", [MARIA, ROSA])
    @pytest.mark.usefixtures("cast")
    def test_shows_a_member_the_same_404_as_for_no_page(
        self, client: Client, page: str, email: str
    ) -> None:
        sign_in(client, email, page="/")

        answer = client.get(page)
        nothing = client.get("/desk/nothing-here/")

        assert answer.status_code == nothing.status_code == 404

    @pytest.mark.usefixtures("cast")
    def test_shows_a_member_404_even_with_a_second_factor(
        self, client: Client, cast: Cast, page: str
    ) -> None:
        TOTP.activate(cast.maria.user, SECRET)
        second_step = sign_in(client, MARIA, page="/")
        client.post(second_step, {"code": code_now(SECRET)})

        assert client.get(page).status_code == 404

    @pytest.mark.usefixtures("cooperative_founded")
    def test_asks_a_stranger_to_sign_in(self, client: Client, page: str) -> None:
        answer = client.get(page)

        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/?next=/desk/")

    @pytest.mark.usefixtures("cast")
    def test_leads_staff_without_a_second_factor_to_setting_it_up(
        self, client: Client, page: str
    ) -> None:
        sign_in(client, DANA)

        answer = client.get(page)

        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/2fa/totp/activate/?next=%2Fdesk%2F")

    def test_asks_for_the_second_factor_a_session_began_without(
        self, client: Client, cast: Cast, page: str
    ) -> None:
        sign_in(client, DANA)
        TOTP.activate(cast.dana.user, SECRET)

        answer = client.get(page)

        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/2fa/reauthenticate/?next=%2Fdesk")


@pytest.mark.usefixtures("cast")
def test_dana_sets_up_her_second_step_and_opens_the_desk(client: Client) -> None:
    assert sign_in(client, DANA) == "/desk/"
    set_up = client.get("/desk/").headers["Location"]
    password_again = client.get(set_up).headers["Location"]
    client.post(password_again, {"password": PASSWORD})
    set_up_page = client.get(set_up)
    secret = set_up_page.context["form"].secret
    code = code_now(secret)

    wrong = client.post(set_up, {"code": "000000" if code != "000000" else "111111"})
    right = client.post(set_up, {"code": code})
    second_step = client.get("/desk/").headers["Location"]
    back = client.post(second_step, {"code": code})

    assert secret in set_up_page.content.decode()
    assert "issuer=Prairie%20Ridge" in set_up_page.context["totp_url"].replace("+", "%20")
    assert wrong.status_code == 200
    assert "Open the desk" in client.get(right.headers["Location"]).content.decode()
    assert back.headers["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_dana_signs_in_with_both_steps(client: Client, cast: Cast) -> None:
    TOTP.activate(cast.dana.user, SECRET)

    second_step = sign_in(client, DANA)
    before = client.get("/desk/")
    wrong = client.post(second_step, {"code": "not a code"})
    right = client.post(second_step, {"code": code_now(SECRET)})

    assert before.headers["Location"].startswith("/accounts/login/")
    assert wrong.status_code == 200
    assert right.headers["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


@pytest.mark.usefixtures("cast")
def test_staff_come_to_the_desk_and_members_home_after_signing_in(client: Client) -> None:
    assert sign_in(client, DANA, page="") == "/desk/"
    client.post("/accounts/logout/")

    assert sign_in(client, MARIA, page="") == "/"


def test_a_code_of_ours_is_the_one_of_the_standard() -> None:
    # RFC 6238, appendix B: secret "12345678901234567890", 59 s -> 94287082, last six digits
    assert totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59) == "287082"
