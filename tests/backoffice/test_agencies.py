"""Agencies and their pledges on the desk and under a member's payments."""

from __future__ import annotations

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from smarthub.arrears.models import (
    Agency,
    AgencyEnd,
    AgencyFile,
    Hold,
    Placement,
    PlacementEnd,
    Pledge,
)
from smarthub.payments.models import Payment
from tests.arrears.bills import at
from tests.arrears.test_operations import noticed
from tests.arrears.test_placements import READY, collector, placed, written_off
from tests.arrears.test_pledges import LAST, PLEDGED, add, pledges_of, promise
from tests.backoffice.moved_clock import moved_to
from tests.backoffice.test_arrears import send, sent, words
from tests.cast import Cast
from tests.workflows.bank.test_agency_files import FILE

LIST = "/desk/money/agencies/"


def shown(client: Client, address: str) -> str:
    with moved_to(at(PLEDGED, 20)):
        return words(client.get(address).content)


class TestTheList:
    def test_takes_an_agency_and_lets_it_go(self, dana: Client, cast: Cast) -> None:
        assert "No agency is on the list yet" in words(dana.get(LIST).content)

        dana.post(
            LIST,
            {"act": "add", "kind": "assistance", "name": "Energy Assistance", "code": "liheap-jo"},
        )
        page = words(dana.get(LIST).content)

        assert "Energy Assistance It helps members to pay Code in its files: LIHEAP-JO" in page
        assert dana.post(LIST, {"act": "end", "code": "LIHEAP-JO"}).status_code == 303
        assert "LIHEAP-JO no longer used" in words(dana.get(LIST).content)
        assert (Agency.objects.count(), AgencyEnd.objects.count()) == (1, 1)
        assert cast.dana.person_id == Agency.objects.get().added_by_id

    def test_says_what_is_wrong(self, dana: Client, cast: Cast) -> None:
        add(cast)

        for given, said in (
            ({"name": "Another", "code": "LIHEAP"}, "Another agency has this code."),
            ({"name": "Another", "code": "A B"}, "A code is 2 to 20 letters"),
        ):
            answer = dana.post(LIST, {"act": "add", "kind": "assistance", **given})
            assert (answer.status_code, said in words(answer.content)) == (400, True)
        assert dana.post(LIST, {"act": "end", "code": "NOBODY"}).status_code == 404


class TestPledges:
    def test_are_written_down_on_the_account_and_taken_back(self, dana: Client, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        given = {"act": "pledge", "pledge_id": f"{uuid.uuid4()}", "agency": "LIHEAP"}
        terms = {"amount": "100.00", "last_day": f"{LAST}", "reference": "A-17"}

        status, page = sent(dana, {**given, **terms}, PLEDGED)

        assert status == 303
        assert "$100.00 is promised. The account is left alone to the end of Dec" in page
        assert "Energy Assistance , Dec 7, 2026 A-17 $100.00 Has come $0.00" in page
        pledge = Pledge.objects.get()
        assert send(dana, PLEDGED, act="end_hold", hold=f"{pledge.hold_id}")[0] == 404
        status, page = send(dana, PLEDGED, act="withdraw_pledge", pledge=f"{pledge.pk}")
        assert (status, "withdrawn Dec 7, 2026" in page) == (303, True)

    def test_longer_than_the_policy_are_refused(self, dana: Client, cast: Cast) -> None:
        add(cast)

        status, page = send(
            dana,
            PLEDGED,
            act="pledge",
            pledge_id=f"{uuid.uuid4()}",
            agency="LIHEAP",
            amount="100.00",
            last_day="2027-03-01",
        )

        assert status == 400
        assert "The policy lets a pledge wait until" in page
        assert not Hold.objects.exists()

    def test_need_an_agency_on_the_list(self, dana: Client, cast: Cast) -> None:
        assert "No agency is on the list yet." in shown(dana, "/desk/money/arrears/1001/")
        add(cast)
        assert "Choose one Energy Assistance" in shown(dana, "/desk/money/arrears/1001/")

    def test_are_promised_and_not_paid_on_the_members_page(
        self, client: Client, cast: Cast
    ) -> None:
        noticed(cast)
        add(cast)
        promise(cast)
        client.force_login(cast.maria.user)

        page = shown(client, "/pay/payments/")

        assert "Energy Assistance $100.00 Account 1001. Promised, not paid yet." in page
        assert not Payment.objects.exists()
        client.force_login(cast.rosa.user)
        assert "Energy Assistance" not in shown(client, "/pay/payments/")

    def test_come_in_at_the_counter(self, dana: Client, client: Client, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        promise(cast)
        given = {
            "key": f"{uuid.uuid4()}",
            "account": "1001",
            "amount": "40.00",
            "tender": "check",
            "reference": "40112",
            "agency": "LIHEAP",
            "sure": "1",
        }

        with moved_to(at(PLEDGED, 20)):
            wrong = dana.post("/desk/money/counter/", {**given, "door": "office"})
            right = dana.post("/desk/money/counter/", {**given, "door": "agency"})

        assert (wrong.status_code, right.status_code) == (400, 303)
        assert "It is from an agency: choose that here too." in words(wrong.content)
        assert pledges_of(cast) == [(100_00, 40_00, None)]
        client.force_login(cast.maria.user)
        assert "$60.00 of it has not been paid yet." in shown(client, "/pay/payments/")


class TestFiles:
    def test_is_looked_at_and_taken_in_on_the_desk(self, dana: Client, cast: Cast) -> None:
        add(cast)

        for act, said in (
            ("try", "What each row would come to"),
            ("take", "3 rows wait for a person"),
        ):
            given = SimpleUploadedFile("agency.csv", FILE.encode())
            sent = {"kind": "agency", "file": given, "act": act}
            with moved_to(at(PLEDGED, 20)):
                page = words(dana.post("/desk/money/files/", sent).content)
            assert said in page
        assert Payment.objects.count() == 1


class TestDebts:
    LIST = "/desk/money/agencies/debts/"

    def test_are_handed_over_and_called_back_with_a_file_each(
        self, dana: Client, cast: Cast
    ) -> None:
        collector(cast)
        debt = written_off(cast)
        with moved_to(at(READY)):
            assert "1001 · $120.00 · written off" in words(dana.get(self.LIST).content)
            given = {"act": "place", "agency": "COLLECT-1", "debt": f"{debt.id}"}
            dana.post(self.LIST, {**given, "file_id": f"{uuid.uuid4()}"})
            page = words(dana.get(self.LIST).content)
            file = dana.get(f"{self.LIST}{AgencyFile.objects.get().pk}/")

            assert "1 debt is handed over. Give the agency the file." in page
            assert "Fair Collectors · $120.00 of $120.00 left" in page
            assert file.headers["Content-Type"].startswith("text/csv")
            assert b"file,1,120.00" in file.content
            placed = {"act": "recall", "placed": f"{Placement.objects.get().pk}"}
            dana.post(self.LIST, {**placed, "file_id": f"{uuid.uuid4()}"})
            assert "1 debt is called back." in words(dana.get(self.LIST).content)
        assert PlacementEnd.objects.count() == 1

    def test_are_not_chosen_by_nobody(self, dana: Client, cast: Cast) -> None:
        collector(cast)

        wrong = {"act": "recall", "file_id": f"{uuid.uuid4()}"}
        dana.post(self.LIST, wrong)
        assert "Choose a debt first." in words(dana.get(self.LIST).content)

        assert dana.post(self.LIST, {**wrong, "file_id": "x"}).status_code == 404
        assert dana.post(self.LIST, {**wrong, "placed": "99"}).status_code == 404

    def test_say_on_the_account_who_has_them(self, dana: Client, cast: Cast) -> None:
        placed(cast)

        page = shown(dana, "/desk/money/arrears/1001/")

        assert "With a collection agency: Fair Collectors . Call it back" in page
        assert "Ask for it again" not in page
