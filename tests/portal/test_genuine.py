"""Is it really the co-op: a message's code is checked, and what seems suspicious is reported."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from smarthub.kernel.pictures import LONGEST_SIDE, MOST_BYTES, PictureRefused, redraw
from smarthub.members.models import AuditEntry
from smarthub.notifications.models import ContactNote, Message, SuspiciousReport
from smarthub.notifications.operations import queue_message
from tests.backoffice.conftest import dana as dana  # noqa: PLC0414 (a fixture)
from tests.cast import Cast
from tests.portal.conftest import NOW, SignIn

TEMPLATES = Path(__file__).parents[2] / "smarthub/notifications/templates/notifications"
REPORT = {"way": "email", "came_from": "billing@prairie-ridge.example", "text": "Pay now."}


def message_to_maria(cast: Cast, template: str = "sharing_ended") -> Message:
    queue_message(
        dedupe_key="1",
        template=template,
        language="en",
        person_id=cast.maria.person_id,
        account_number="1001",
        address="maria@prairieridge.example",
        context={"code": "7KQM-R4TX"},
        now=NOW,
    )
    return Message.objects.get()


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a picture with a place and a text hidden in it."""
    drawn = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "hidden words"
    Image.new("RGB", size, "red").save(drawn, kind, exif=exif)
    return drawn.getvalue()


def send_report(client: Client, **more: object) -> int:
    sent = {**REPORT, "report_id": str(uuid.uuid4()), **more}
    return client.post("/check/report/", sent).status_code


class TestCheck:
    @pytest.mark.parametrize("typed", ["{code}", " {code} ", "{lower}", "{bare}"])
    def test_says_yes_to_a_stranger_and_nothing_about_whom(
        self, cast: Cast, client: Client, typed: str
    ) -> None:
        code = message_to_maria(cast).code
        spelt = typed.format(code=code, lower=code.lower(), bare=code.replace("-", ""))

        page = client.post("/check/", {"code": spelt}).text

        assert "Yes, we sent a message with this code" in page
        assert "who may see an account" in page
        assert "1001" not in page
        assert "maria" not in page.lower()

    def test_says_to_maria_where_it_went(self, cast: Cast, sign_in: SignIn) -> None:
        code = message_to_maria(cast).code

        marias = sign_in(cast.maria).post("/check/", {"code": code}).text
        rosas = sign_in(cast.rosa).post("/check/", {"code": code}).text

        assert "maria@prairieridge.example" in marias
        assert "maria@prairieridge.example" not in rosas

    @pytest.mark.parametrize("typed", ["2222-2222", "x", "' OR 1=1 --", "\u0660" * 8, "a\x00b"])
    def test_says_no_to_any_other_code(
        self, cooperative_founded: None, client: Client, typed: str
    ) -> None:
        answer = client.post("/check/", {"code": typed})

        assert "Yes, we sent" not in answer.text
        assert answer.status_code in {200, 400}

    def test_cannot_be_asked_for_ever(self, cooperative_founded: None, client: Client) -> None:
        answers = [
            client.post("/check/", {"code": "2222-2222"}, REMOTE_ADDR="10.0.0.9").status_code
            for _ in range(61)
        ]

        assert set(answers[:60]) == {200}
        assert answers[60] == 429

    def test_knows_what_every_message_is_about(self) -> None:
        from smarthub.portal.message_topics import TOPICS  # noqa: PLC0415

        templates = {path.name.split(".")[0] for path in TEMPLATES.glob("*.subject.txt")}

        assert templates <= set(TOPICS), "say in portal/message_topics.py what these are about"


class TestReport:
    def test_reaches_staff_with_its_picture_drawn_anew(
        self, cast: Cast, client: Client, dana: Client
    ) -> None:
        sent = send_report(client, picture=SimpleUploadedFile("a.html", photo(), "text/html"))

        report = SuspiciousReport.objects.get()
        work = dana.get("/desk/work/").text
        page = dana.get(f"/desk/reports/{report.pk}/").text
        picture = dana.get(f"/desk/reports/{report.pk}/picture/")
        assert sent == 302
        assert "Suspicious calls and messages" in work
        assert "Pay now." in page
        assert picture.headers["Content-Type"] == "image/jpeg"
        assert b"hidden words" not in picture.content
        with Image.open(io.BytesIO(picture.content)) as drawn:
            assert drawn.size == (40, 30)
            assert not drawn.getexif()

    def test_is_kept_once_however_often_it_is_sent(
        self, cooperative_founded: None, client: Client
    ) -> None:
        report_id = str(uuid.uuid4())

        for _ in range(2):
            send_report(client, report_id=report_id)

        assert SuspiciousReport.objects.count() == 1

    @pytest.mark.parametrize(
        "data",
        [
            b"<html><script>alert(1)</script></html>",
            b"GIF89a<script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            photo()[:40],
            b"\x00" * 100,
        ],
    )
    def test_with_what_is_no_picture_is_refused_with_a_reason(
        self, cooperative_founded: None, client: Client, data: bytes
    ) -> None:
        status = send_report(client, picture=SimpleUploadedFile("a.png", data, "image/png"))

        assert status == 400
        assert not SuspiciousReport.objects.exists()

    def test_moves_through_states_that_stay_on_record(self, cast: Cast, dana: Client) -> None:
        send_report(Client())
        page = f"/desk/reports/{SuspiciousReport.objects.get().pk}/"

        dana.post(page, {"state": "looked_into", "note": "Called the member."})
        dana.post(page, {"state": "fraud", "note": ""})

        shown = dana.get(page).text
        assert "Called the member." in shown
        assert AuditEntry.objects.filter(act="report.step").count() == 2
        assert ">0<" in "".join(dana.get("/desk/work/").text.split())


class TestPictures:
    def test_are_made_smaller(self) -> None:
        drawn = Image.open(io.BytesIO(redraw(photo("PNG", (4000, 100)))))

        assert (drawn.format, drawn.size) == ("JPEG", (LONGEST_SIDE, 40))

    @pytest.mark.parametrize("size", [(9000, 9000)])
    def test_that_unfold_to_too_many_dots_are_refused(self, size: tuple[int, int]) -> None:
        drawn = io.BytesIO()
        Image.new("1", size).save(drawn, "PNG")

        with pytest.raises(PictureRefused):
            redraw(drawn.getvalue())

    def test_that_are_too_large_are_refused(self) -> None:
        with pytest.raises(PictureRefused):
            redraw(photo() + b"\x00" * MOST_BYTES)


class TestLog:
    def test_shows_every_message_but_not_what_opens_something(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        message_to_maria(cast, "step_up_code")

        page = sign_in(cast.maria).get("/settings/messages/").text

        assert "Your code to confirm it is you" in page
        assert "7KQM-R4TX" not in page
        assert "7KQM-R4TX" not in sign_in(cast.rosa).get("/settings/messages/").text

    def test_shows_calls_noted_by_staff_to_the_holder_alone(
        self, cast: Cast, sign_in: SignIn, dana: Client
    ) -> None:
        noted = dana.post(
            "/desk/accounts/1001/note/",
            {"way": "call", "by_us": "us", "about": "Asked about the meter.", "minutes_ago": "5"},
        )

        assert noted.status_code == 302
        assert ContactNote.objects.get().by_us
        maria, ben = (
            sign_in(player).get("/settings/messages/").text for player in (cast.maria, cast.ben)
        )
        assert "Asked about the meter." in maria
        assert "We called you" in maria
        assert "Asked about the meter." not in ben


class TestStandingLine:
    @pytest.mark.parametrize("page", ["/pay/", "/check/", "/check/report/"])
    def test_is_on_the_pages_that_ask(self, billed: Cast, sign_in: SignIn, page: str) -> None:
        words = sign_in(billed.maria).get(page).text

        assert "We never ask for card, bank or personal data by phone or e-mail." in words
