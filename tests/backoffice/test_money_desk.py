"""The desk's pages of money: what waits, what is refused with its reason, and what is done once."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from smarthub.integrations.sandbox.gateway import SandboxGateway
from smarthub.kernel.money import Money
from smarthub.members.models import AuditEntry, User
from smarthub.members.operations import add_person, open_login
from smarthub.payments.models import PaymentMove, PaymentNote, Refund, SuspenseItem
from smarthub.payments.operations import find_exception
from smarthub.payments.queries import list_payments
from smarthub.wiring.gateway import payment_gateway
from tests.backoffice.conftest import SECRET as SECOND_STEP
from tests.backoffice.second_step import code_now
from tests.cast import NOW, Cast
from tests.sandbox_gateway import GOOD, SECRET, Simulator
from tests.workflows.both_books import exceptions, on
from tests.workflows.receiving import record_received_payment
from tests.workflows.wallet import Wallet, bill, owed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PAGES = (
    "/desk/payments/",
    "/desk/money/refunds/",
    "/desk/money/exceptions/",
    "/desk/money/suspense/",
    "/desk/money/reconciliation/",
)


@pytest.fixture
def wallet(simulator: Simulator, settings: Settings) -> Iterator[Wallet]:
    """Let the desk speak to the simulator, as the wallet does."""
    settings.GATEWAY_URL, settings.GATEWAY_SECRET = simulator.url, SECRET
    payment_gateway.cache_clear()
    yield Wallet(simulator)
    closing = payment_gateway()
    assert isinstance(closing, SandboxGateway)
    closing.close()
    payment_gateway.cache_clear()


def an_overpaid_card(cast: Cast, wallet: Wallet, cents: int = 300_00) -> uuid.UUID:
    bill(cast.account_1001, 100_00)
    payment_id = uuid.uuid4()
    method = wallet.add(cast.maria, GOOD)
    wallet.pay(cast.maria, method, {"1001": Money(cents)}, payment_id=payment_id, allow_credit=True)
    return payment_id


def cheques(count: int) -> None:
    for number in range(count):
        record_received_payment(
            source_key=f"lockbox:{number}",
            account_number="1001",
            amount=Money(100 + number),
            channel="mail",
            received_on=NOW.date(),
            now=NOW,
        )


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


class TestWhoMaySee:
    @pytest.mark.parametrize("address", PAGES)
    def test_members_see_nothing_of_it(self, client: Client, cast: Cast, address: str) -> None:
        client.force_login(cast.maria.user)

        assert client.get(address).status_code == 404

    @pytest.mark.parametrize("address", PAGES)
    def test_an_empty_list_says_what_it_is_for(self, dana: Client, address: str) -> None:
        answer = dana.get(address)

        assert answer.status_code == 200
        assert "table" not in answer.content.decode().partition("<h1")[2].partition("</main>")[0]


class TestPayments:
    def test_are_listed_with_a_few_queries_however_many(
        self, dana: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        cheques(60)

        with django_assert_max_num_queries(3):
            lines = list_payments(limit=50)
        page = dana.get("/desk/payments/").content.decode()
        older = dana.get(f"/desk/payments/?before={lines[-1].id}").content.decode()

        assert page.count("<tr ") == 51
        assert "Older payments" in page
        assert older.count("<tr ") == 11

    def test_the_story_of_one_tells_everything_in_order(
        self, dana: Client, cast: Cast, wallet: Wallet
    ) -> None:
        payment_id = an_overpaid_card(cast, wallet)
        address = f"/desk/payments/{payment_id}/"

        dana.post(address, {"act": "note", "text": "She called twice."})
        page = words(dana.get(address).content.decode())

        assert "Maria Alvarez" in page
        assert "Visa ending in 4242" in page
        assert page.index("The gateway took the money") < page.index("She called twice.")
        assert PaymentNote.objects.get().written_by_id == cast.dana.person_id
        assert AuditEntry.objects.filter(act="payment.noted").count() == 1

    def test_one_that_is_not_there_is_not_found(self, dana: Client) -> None:
        assert dana.get(f"/desk/payments/{uuid.uuid4()}/").status_code == 404
        assert dana.get("/desk/payments/?before=x").status_code == 404

    def test_a_card_number_in_a_note_is_refused_and_not_shown_again(
        self, dana: Client, cast: Cast, wallet: Wallet
    ) -> None:
        payment_id = an_overpaid_card(cast, wallet)

        answer = dana.post(
            f"/desk/payments/{payment_id}/", {"act": "note", "text": "4242 4242 4242 4242"}
        )

        assert answer.status_code == 400
        assert "holds a card number" in answer.content.decode()
        assert not PaymentNote.objects.exists()

    def test_is_moved_once_however_often_the_button_is_pressed(
        self, dana: Client, cast: Cast
    ) -> None:
        cheques(1)
        payment_id = list_payments(limit=1)[0].id
        sent = {
            "act": "move",
            "move_id": str(uuid.uuid4()),
            "from_account": "1001",
            "to_account": "1002",
            "reason": "The stub was Rosa's",
        }

        answers = [dana.post(f"/desk/payments/{payment_id}/", sent) for _ in range(2)]
        wrong = dana.post(
            f"/desk/payments/{payment_id}/",
            {**sent, "move_id": str(uuid.uuid4()), "to_account": "9"},
        )

        assert [answer.status_code for answer in answers] == [303, 303]
        assert PaymentMove.objects.count() == 1
        assert owed(cast.account_1002) == Money(-1_00)
        assert "There is no account 9" in wrong.content.decode()


class TestRefunds:
    def ask(self, dana: Client, payment_id: uuid.UUID, amount: str, **other: str) -> object:
        sent = {"refund_id": str(uuid.uuid4()), "account": "1001", "reason": "Paid too much"}
        return dana.post(
            f"/desk/payments/{payment_id}/",
            {"act": "refund", "amount": amount, **sent, **other},
        )

    def test_a_small_one_goes_at_once_and_a_large_one_waits_for_another_person(
        self, dana: Client, cast: Cast, wallet: Wallet
    ) -> None:
        payment_id = an_overpaid_card(cast, wallet)
        self.ask(dana, payment_id, "50.00")
        self.ask(dana, payment_id, "150")
        refund = Refund.objects.get(needs_second=True)
        decide = f"/desk/money/refunds/{refund.pk}/"

        same_person = dana.post(decide, {"allow": "yes"}, follow=True).content.decode()
        before = on("refund_payable")
        another_person(dana)
        dana.post(decide, {"allow": "yes"})

        assert "A colleague must allow it" in same_person
        assert (before, on("refund_payable")) == (-150_00, 0)
        assert owed(cast.account_1001) == Money(0)

    @pytest.mark.parametrize(
        ("amount", "said"),
        [
            ("300.01", "Only $300.00 of this payment is left"),
            ("250", "Only $200.00 waits on the account as a credit"),
            ("0", "Write an amount above $0.00"),
            ("-5", "Write an amount above $0.00"),
            ("1.005", "no more than two digits"),
            ("ten", "dollars and cents"),
            ("1e3", "dollars and cents"),
            ("10000000000000", "too large"),
        ],
    )
    def test_what_cannot_be_is_refused_with_its_reason(
        self, dana: Client, cast: Cast, wallet: Wallet, amount: str, said: str
    ) -> None:
        payment_id = an_overpaid_card(cast, wallet)

        answer = self.ask(dana, payment_id, amount)

        assert answer.status_code == 400  # type: ignore[attr-defined]
        assert said in answer.content.decode()  # type: ignore[attr-defined]
        assert not Refund.objects.exists()


class TestWhatWaits:
    def test_an_exception_says_what_to_do_and_goes_when_explained(
        self, dana: Client, cast: Cast
    ) -> None:
        del cast
        find_exception(key="x", kind="line_unknown", now=NOW, charge="chg_1", cents=12_34)
        desk = words(dana.get("/desk/").content.decode())

        page = dana.get("/desk/money/exceptions/").content.decode()
        (target,) = re.findall(r'action="(/desk/money/exceptions/\d+/)"', page)
        dana.post(target, {"text": " "})
        still = exceptions()
        dana.post(target, {"text": "The till's own test"})

        assert "Money that does not fit 1" in desk
        assert "The money is in suspense" in page
        assert "$12.34" in page
        assert (still, exceptions()) == (["line_unknown"], [])

    def test_money_nobody_knows_is_kept_and_matched(self, dana: Client, cast: Cast) -> None:
        sent = {
            "source_id": str(uuid.uuid4()),
            "amount": "45.00",
            "channel": "mail",
            "told": "acct 10O1",
            "received_on": "2026-11-20",
        }

        answers = [dana.post("/desk/money/suspense/", sent) for _ in range(2)]
        item = SuspenseItem.objects.get()
        wrong = dana.post(f"/desk/money/suspense/{item.pk}/", {"account": "9"}, follow=True)
        dana.post(f"/desk/money/suspense/{item.pk}/", {"account": "1001"})

        assert [answer.status_code for answer in answers] == [303, 303]
        assert "There is no account 9" in wrong.content.decode()
        assert owed(cast.account_1001) == Money(-45_00)
        assert on("suspense") == 0

    @pytest.mark.parametrize("day", ["2062-11-20", "2020-11-20"])
    def test_money_of_a_day_that_cannot_be_is_not_kept(self, dana: Client, day: str) -> None:
        sent = {
            "source_id": str(uuid.uuid4()),
            "amount": "45.00",
            "channel": "mail",
            "told": "acct 10O1",
            "received_on": day,
        }

        answer = dana.post("/desk/money/suspense/", sent)

        assert answer.status_code == 400
        assert "Money cannot have reached us on a day ahead" in answer.content.decode()
        assert not SuspenseItem.objects.exists()


def another_person(browser: Client) -> None:
    """Sign Noor in, with her second step, in Dana's browser."""
    noor = open_login(
        person_id=add_person(given_name="Noor", family_name="Haddad"),
        email="noor@prairieridge.example",
        password="another long password",
        is_staff=True,
        now=NOW,
    )
    user = User.objects.get(pk=noor)
    TOTP.activate(user, SECOND_STEP)
    browser.force_login(user)
    code = code_now(SECOND_STEP)
    browser.post("/accounts/2fa/reauthenticate/?next=/desk/", {"code": code})
