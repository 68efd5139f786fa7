"""Messages on bills: Dana writes and proves them, bills carry them for good, members read on."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from smarthub.accounts.types import AccountId
from smarthub.billing.models import Bill, PrintedMessage
from smarthub.billing.operations.messages import MessageReplaced, write_message
from smarthub.billing.queries import get_bill
from smarthub.billing.types import NewMessage
from smarthub.kernel.text import Text
from smarthub.members.models import AuditEntry
from tests.billing.reading import pages_of, text_of
from tests.billing.village import FIRST_BILL, MADE, SECOND_BILL
from tests.cast import Cast
from tests.portal.conftest import SignIn
from tests.portal.conftest import sign_in as sign_in  # noqa: PLC0414 (a fixture)
from tests.workflows.closing import close

NEW = "/desk/bills/messages/new/"
GIVEN = {
    "title_en": "Rates change",
    "title_es": "Las tarifas cambian",
    "text_en": "From March each kWh costs 0.4 cents more.",
    "text_es": "Desde marzo cada kWh cuesta 0.4 centavos más.",
    "more_en": "The board decided it.",
    "more_es": "Lo decidió la junta.",
    "audience": "all",
    "values": "",
    "starts_on": "2024-11-01",
    "last_day": "2024-11-30",
    "act": "save",
}


def a_message(*values: str, audience: str = "all", until: dt.date = SECOND_BILL) -> NewMessage:
    return NewMessage(
        title=Text("News", "Avisos"),
        text=Text("Words", "Palabras"),
        more=None,
        audience=audience,
        values=values,
        starts_on=FIRST_BILL,
        ends_on=until,
    )


def carried(number: str) -> list[str]:
    """Return the headings of the messages a bill carries, in English."""
    row = Bill.objects.get(number=number)
    bill = get_bill(account_id=AccountId(row.account_id), number=number)
    return [message.title.en for message in bill.messages]


class TestWhoGetsThem:
    @pytest.mark.parametrize(
        ("audience", "values", "expected"),
        [
            ("all", (), {"1001": 1, "1002": 1}),
            ("rate", ("E-R1",), {"1001": 1, "1002": 1}),
            ("rate", ("E-LGS",), {"1001": 0, "1002": 0}),
            ("service", ("electric",), {"1001": 1, "1002": 1}),
            ("service", ("water",), {"1001": 0, "1002": 0}),
            ("list", ("1001",), {"1001": 1, "1002": 0}),
        ],
    )
    def test_are_those_it_names(
        self, village: Cast, audience: str, values: tuple[str, ...], expected: dict[str, int]
    ) -> None:
        write_message(message=a_message(*values, audience=audience), author="Dana", now=MADE)

        close(FIRST_BILL)

        found = {number: len(carried(f"{number}-241101")) for number in expected}
        assert found == expected

    def test_are_the_bills_of_its_days_only(self, village: Cast) -> None:
        write_message(message=a_message(until=FIRST_BILL), author="Dana", now=MADE)  # no day
        write_message(
            message=a_message(until=FIRST_BILL + dt.timedelta(days=1)), author="Dana", now=MADE
        )

        close(FIRST_BILL)

        assert carried("1001-241101") == ["News"]


class TestWhatWasPrinted:
    def test_stays_when_the_message_is_replaced(self, village: Cast) -> None:
        first = write_message(message=a_message(), author="Dana", now=MADE)
        close(FIRST_BILL)

        other = a_message()
        other = NewMessage(
            Text("Other news", "Otros avisos"), other.text, None, "all", (), FIRST_BILL, SECOND_BILL
        )
        write_message(message=other, author="Dana", now=MADE, supersedes=first)

        assert carried("1001-241101") == ["News"]

    def test_cannot_be_changed_even_by_hand(self, village: Cast) -> None:
        write_message(message=a_message(), author="Dana", now=MADE)

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            PrintedMessage.objects.update(author="Somebody")

    def test_is_replaced_once(self, village: Cast) -> None:
        first = write_message(message=a_message(), author="Dana", now=MADE)
        write_message(message=a_message(), author="Dana", now=MADE, supersedes=first)

        with pytest.raises(MessageReplaced):
            write_message(message=a_message(), author="Dana", now=MADE, supersedes=first)


class TestTheDesk:
    def test_writes_one_and_lists_it(self, village: Cast, dana: Client) -> None:
        answer = dana.post(NEW, GIVEN)

        assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/bills/messages/")
        assert "Rates change" in dana.get("/desk/bills/messages/").content.decode()
        assert AuditEntry.objects.filter(act="bill_message_written").count() == 1

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"title_es": ""}, "This field is required"),
            ({"more_es": ""}, "Write it in both languages"),
            ({"last_day": "2024-10-01"}, "before the first bill date"),
            ({"audience": "list"}, "Say which ones"),
            ({"audience": "list", "values": "1001, 7777"}, "There is no 7777"),
            ({"audience": "rate", "values": "E-R9"}, "There is no E-R9"),
            ({"text_en": "x" * 3001}, "3000"),
        ],
    )
    def test_says_what_is_wrong_with_one(
        self, village: Cast, dana: Client, changes: dict[str, str], said: str
    ) -> None:
        answer = dana.post(NEW, GIVEN | changes)

        assert answer.status_code == 400
        assert said in answer.content.decode()
        assert not PrintedMessage.objects.exists()

    @pytest.mark.parametrize(
        ("act", "words"), [("prove_en", "Rates change"), ("prove_es", "Las tarifas cambian")]
    )
    def test_proves_one_on_a_real_bill_and_writes_nothing(
        self, village: Cast, dana: Client, act: str, words: str
    ) -> None:
        close(FIRST_BILL)

        answer = dana.post(NEW, GIVEN | {"act": act})

        assert answer.headers["Content-Type"] == "application/pdf"
        assert pages_of(answer.content) == 2
        assert words in text_of(answer.content, 1)
        assert not PrintedMessage.objects.exists()

    def test_says_so_where_there_is_no_bill_to_prove_it_on(
        self, village: Cast, dana: Client
    ) -> None:
        answer = dana.post(NEW, GIVEN | {"act": "prove_en"})

        assert answer.status_code == 400
        assert "no bill yet" in answer.content.decode()

    def test_replaces_one_and_stops_one(self, village: Cast, dana: Client) -> None:
        dana.post(NEW, GIVEN)
        first = PrintedMessage.objects.get().pk

        dana.post(f"/desk/bills/messages/{first}/", GIVEN | {"title_en": "Rates change in March"})
        second = PrintedMessage.objects.get(supersedes=first).pk
        dana.post(f"/desk/bills/messages/{second}/", {"act": "stop"})
        close(FIRST_BILL)

        assert carried("1001-241101") == []
        page = dana.get("/desk/bills/messages/").content.decode()
        assert "none any more" in page
        assert dana.get(f"/desk/bills/messages/{first}/").status_code == 404


class TestTheMember:
    def test_reads_it_on_the_bill_and_what_it_means_on_a_page(
        self, village: Cast, dana: Client, sign_in: SignIn
    ) -> None:
        dana.post(NEW, GIVEN | {"audience": "list", "values": "1001"})
        number = PrintedMessage.objects.get().pk
        close(FIRST_BILL)
        maria, rosa = sign_in(village.maria), sign_in(village.rosa)

        bill = maria.get("/bills/1001/1001-241101/").content.decode()
        page = maria.get(f"/bills/messages/{number}/").content.decode()
        pdf = maria.get("/bills/1001/1001-241101/pdf/").content

        assert re.search(rf'href="/bills/messages/{number}/"', bill)
        assert "The board decided it." in page
        assert "From March each kWh costs 0.4 cents more." in " ".join(text_of(pdf, 1).split())
        assert f"/bills/messages/{number}/" in text_of(pdf, 1)
        assert rosa.get(f"/bills/messages/{number}/").status_code == 404
