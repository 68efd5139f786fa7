"""A clerk makes a code for somebody they know, and looks at sweeps; both leave a trace."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from smarthub.accounts.models import Sweep
from smarthub.accounts.operations import raise_sweep
from smarthub.members.models import AuditEntry
from smarthub.wiring.clock import now
from smarthub.workflows.claim_account import prove
from tests.cast import Cast
from tests.workflows.newcomer import claim

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
