"""A clerk makes a code for somebody they know, and looks at sweeps; both leave a trace."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from smarthub.accounts.models import Sweep
from smarthub.accounts.operations import raise_sweep
from smarthub.billing.online_code import online_code
from smarthub.members.models import AuditEntry
from smarthub.notifications.models import Message
from smarthub.wiring.clock import now
from smarthub.workflows.membership.claim_account import prove
from tests.backoffice.conftest import SECRET
from tests.cast import PASSWORD, Cast
from tests.workflows.membership.newcomer import add_bill, claim

ACCESS = "/desk/accounts/1001/online-access/"


def test_a_clerk_makes_a_code_that_proves_the_account(cast: Cast, dana: Client) -> None:
    asked = dana.get(ACCESS).content.decode()
    page = dana.post(ACCESS).content.decode()
    code = re.search(r'role="status">([2-9A-Z]{4}-[2-9A-Z]{4})<', page)

    assert "First check who you speak with" in asked
    assert code is not None
    claim_id = claim(number="1001", name="Alvarez", now=now())
    assert prove(claim_id=claim_id, typed=code[1], now=now()) == "staff"
    made = AuditEntry.objects.get(act="account.code_made")
    assert (made.user_id, made.subject) == (cast.dana.user.pk, "account:1001")
    assert code[1] not in str(list(AuditEntry.objects.values()))


@pytest.mark.usefixtures("cast")
def test_no_more_than_five_an_hour_are_made(dana: Client) -> None:
    pages = [dana.post(ACCESS).content.decode() for _ in range(6)]

    assert "Please wait an hour." in pages[5]
    assert "Please wait an hour." not in pages[4]


@pytest.mark.usefixtures("cast")
def test_a_sweep_waits_on_its_list_until_somebody_looked(dana: Client) -> None:
    raise_sweep(ip_address="203.0.113.7", numbers=42, hits=1, since=now(), now=now())
    waiting = dana.get("/desk/work/").content.decode()
    page = dana.get("/desk/sweeps/").content.decode()
    sweep = Sweep.objects.get()

    for typed in ("", "x", "9" * 30, str(sweep.pk), str(sweep.pk)):
        dana.post("/desk/sweeps/", {"looked_at": typed})

    assert "Many account numbers asked for" in waiting
    assert "203.0.113.7" in page
    assert "42" in page
    assert "Nothing to look at" in dana.get("/desk/sweeps/").content.decode()
    assert AuditEntry.objects.filter(act="sweep.looked_at").count() == 1


class TestALostSecondStep:
    def lose(self, cast: Cast) -> tuple[Client, str]:
        """Let Maria have an app and a bill; return where she is signed in, and the bill's code."""
        maria = Client()
        maria.post("/accounts/login/", {"login": cast.maria.user.email, "password": PASSWORD})
        TOTP.activate(cast.maria.user, SECRET)
        bill = add_bill(cast.account_1001, dt.date(2026, 11, 5), at=1001)
        return maria, online_code(bill_number=bill)

    def test_goes_with_the_code_of_the_newest_bill_and_the_member_is_told(
        self, dana: Client, cast: Cast
    ) -> None:
        maria, code = self.lose(cast)
        asked = dana.get(ACCESS).text

        told = dana.post(
            ACCESS, {"person": cast.maria.person_id, "bill_code": f" {code.lower()} "}, follow=True
        ).text

        assert "A second step is lost" in asked
        assert "The second step is gone." in told
        assert not Authenticator.objects.filter(user=cast.maria.user).exists()
        assert maria.get("/more/").status_code == 302
        message = Message.objects.get(template="sign_in_changed")
        assert message.body.startswith("Our office took your second step away")
        act = AuditEntry.objects.get(act="account.second_step_removed")
        assert (act.user_id, act.subject) == (cast.dana.user.pk, "account:1001")
        assert code not in str(list(AuditEntry.objects.values()))

    @pytest.mark.parametrize("wrong", ["code", "person", "used"])
    def test_stays_without_that_proof(self, dana: Client, cast: Cast, wrong: str) -> None:
        _, code = self.lose(cast)
        sent: dict[str, object] = {"person": cast.maria.person_id, "bill_code": code}
        if wrong == "used":
            dana.post(ACCESS, sent)
            TOTP.activate(cast.maria.user, SECRET)
        if wrong == "code":
            sent["bill_code"] = "2222-2222"
        if wrong == "person":
            sent["person"] = cast.rosa.person_id

        told = dana.post(ACCESS, sent, follow=True).text

        assert "Nothing changed." in told
        assert Authenticator.objects.filter(user=cast.maria.user).exists()

    def test_is_not_asked_about_where_there_is_none(self, dana: Client, cast: Cast) -> None:
        assert "A second step is lost" not in dana.get(ACCESS).text


class TestSigningOutFromTheDesk:
    def test_ends_every_session_of_the_holders_tells_them_and_is_in_the_trail(
        self, dana: Client, cast: Cast
    ) -> None:
        phone, computer, rosas = Client(), Client(), Client()
        for each, player in ((phone, cast.maria), (computer, cast.maria), (rosas, cast.rosa)):
            each.post("/accounts/login/", {"login": player.user.email, "password": PASSWORD})

        told = dana.post(ACCESS, {"sign_out": "1"}, follow=True).content.decode()

        assert "Signed out on 2 devices." in told
        opened = [each.get("/more/").status_code for each in (phone, computer, rosas, dana)]
        assert opened == [302, 302, 200, 200]
        message = Message.objects.get(template="sign_in_changed")
        assert message.person_id == cast.maria.person_id
        assert message.body.startswith("Our office signed you out on all your devices")
        act = AuditEntry.objects.get(act="account.signed_out")
        assert (act.subject, act.after) == ("account:1001", {"sessions": 2})

    def test_is_not_for_members(self, cast: Cast) -> None:
        maria, ben = Client(), Client()
        for each, player in ((maria, cast.maria), (ben, cast.ben)):
            each.post("/accounts/login/", {"login": player.user.email, "password": PASSWORD})

        assert ben.post(ACCESS, {"sign_out": "1"}).status_code == 404
        assert maria.get("/more/").status_code == 200
