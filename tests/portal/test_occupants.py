"""Two who live at one place after each other never see anything of the other (domain rule 11)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from smarthub.accounts.models import Account, ServiceAgreement
from smarthub.accounts.operations import grant_role, open_account, start_agreement
from smarthub.billing.models import Bill
from smarthub.members.operations import open_membership
from tests.cast import Cast
from tests.portal.conftest import SignIn
from tests.portal.rosa.checking import find_traces

MOVED = dt.date(2024, 10, 28)
"""Maria leaves Elm Street and Ben moves in on the same day, with the same read."""
AFTER = dt.datetime(2024, 11, 6, 18, 0, tzinfo=dt.UTC)
MARIAS = ("1001", "1001-241101", "284.67", "Alvarez")


@pytest.fixture
def moved(billed: Cast) -> Cast:
    """Let Maria move out of Elm Street and Ben move in, to an account of his own."""
    ServiceAgreement.objects.filter(number="A1001-electric").update(ends_on=MOVED)
    Account.objects.filter(pk=billed.account_1001).update(closed_on=MOVED)
    grant_role(
        account_id=billed.account_1001,
        person_id=billed.ben.person_id,
        role="viewer",
        starts_on=dt.date(2024, 10, 1),
        ends_on=dt.date(2024, 10, 2),  # he looked after the house once, long before
    )
    membership = open_membership(number="M1003", holder=billed.ben.person_id, joined_on=MOVED)
    bens = open_account(number="1003", membership_id=membership, cycle_code="C1", opened_on=MOVED)
    grant_role(account_id=bens, person_id=billed.ben.person_id, role="holder", starts_on=MOVED)
    start_agreement(
        number="A1003-electric",
        account_id=bens,
        service_point_id=billed.electric_1001,
        tariff_code="E-R1",
        starts_on=MOVED,
    )
    return billed


@pytest.mark.usefixtures("moved")
class TestOccupants:
    @pytest.fixture(autouse=True)
    def november(self) -> object:
        """A week after the move."""
        with time_machine.travel(AFTER):
            yield

    def test_neither_sees_anything_of_the_other(self, billed: Cast, sign_in: SignIn) -> None:
        ben, maria = sign_in(billed.ben), sign_in(billed.maria)
        assert Bill.objects.filter(number="1001-241101").exists()

        bens_words = "".join(
            ben.get(page).text
            for page in ("/", "/bills/", "/usage/1003/E1001/", "/pay/", "/settings/accounts/")
        )
        bens_use = b"".join(ben.get("/usage/1003/download/?file=csv").streaming_content)  # type: ignore[attr-defined]

        assert find_traces(bens_words, MARIAS) == []
        assert b"2024-10-27" not in bens_use
        assert b"2024-10-28" in bens_use
        for address in ("/bills/?account=1001", "/bills/1001/1001-241101/", "/usage/1001/E1001/"):
            assert ben.get(address).status_code == 404, address
        assert maria.get("/usage/1003/E1001/").status_code == 404

    def test_the_earlier_one_sees_no_day_after_the_move(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        maria = sign_in(billed.maria)

        use = b"".join(
            maria.get("/usage/1001/download/?file=csv").streaming_content  # type: ignore[attr-defined]
        )

        assert b"2024-10-27" in use
        assert b"2024-10-28" not in use
        assert maria.get("/bills/1001/1001-241101/").status_code == 200
