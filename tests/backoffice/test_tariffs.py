"""Rates on the desk: begin a draft, see what is wrong with it, preview, and find every version."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from smarthub.cooperative.operations import set_policy
from smarthub.rating.models import TariffDraft, TariffVersion
from smarthub.rating.operations import publish_tariff
from smarthub.rating.types.drafts import PreviewId
from smarthub.workflows.rates.draft_tariff import make_preview
from tests.cast import NOW, TODAY, Cast
from tests.rating.rate_book import E_R1

TEXT = yaml.safe_dump(E_R1, allow_unicode=True, sort_keys=False)


@pytest.fixture
def draft(dana: Client) -> str:
    """Return the address of a saved draft of E-R1."""
    publish_tariff(
        definition={**E_R1, "effective_from": "2024-01-01"}, author="board", published_at=NOW
    )
    return str(dana.post("/desk/rates/new/", {"text": TEXT}).headers["Location"])


def finish(draft: str) -> None:
    row = TariffDraft.objects.get(pk=int(draft.split("/")[3]))
    make_preview(
        preview_id=PreviewId(row.previews.latest("pk").pk),
        since=TODAY - dt.timedelta(days=31),
        zone=ZoneInfo("America/Chicago"),
        on=TODAY,
        now=NOW,
    )


class TestDrafts:
    def test_are_listed_beside_what_is_published(self, dana: Client, draft: str) -> None:
        page = dana.get("/desk/rates/").text

        assert f'href="{draft}"' in page
        assert "/desk/rates/new/?from=E-R1&amp;date=2024-01-01" in page
        assert "in force" in page

    def test_begin_from_a_published_version(self, dana: Client, draft: str) -> None:
        page = dana.get("/desk/rates/new/?from=E-R1&date=2024-01-01").text

        assert "Electricidad residencial" in page

    def test_may_come_as_a_file(self, dana: Client) -> None:
        file = SimpleUploadedFile("e-r1.yaml", TEXT.encode())

        answer = dana.post("/desk/rates/new/", {"file": file})

        assert answer.status_code == 302
        assert TariffDraft.objects.get().text == TEXT

    @pytest.mark.parametrize(
        ("was", "becomes", "told"),
        [
            ("    es: Distribución\n", "", "is not in both languages"),
            ("kind: per_unit", "kind: per_mile", "no charge of the kind per_mile"),
            ("amount: '33.00'", "amonut: '33.00'", "amonut"),
            ("code: E-R1", "code: [", "This is no YAML"),
        ],
    )
    def test_say_what_is_wrong_and_on_which_line_and_keep_what_was_typed(
        self, dana: Client, was: str, becomes: str, told: str
    ) -> None:
        answer = dana.post("/desk/rates/new/", {"text": TEXT.replace(was, becomes, 1)})

        assert answer.status_code == 400
        assert told in answer.text
        assert "Line " in answer.text
        assert "Electricidad residencial" in answer.text

    def test_refuse_what_is_no_text(self, dana: Client) -> None:
        answer = dana.post("/desk/rates/new/", {"file": SimpleUploadedFile("x", b"\xff\xfe")})

        assert "no text in UTF-8" in answer.text

    def test_show_how_far_their_preview_is(self, dana: Client, draft: str) -> None:
        dana.post(draft, {"act": "preview", "compared_with": "E-R1"})

        assert "0 of 0 priced so far" in dana.get(draft).text

    def test_are_published_by_somebody_else(self, dana: Client, draft: str) -> None:
        dana.post(draft, {"act": "preview", "compared_with": "E-R1"})
        finish(draft)

        assert "somebody else looks at it" in dana.get(draft).text
        answer = dana.post(
            draft, {"act": "publish", "effective_from": "2027-01-01", "looked": "on"}
        )
        assert "somebody else must look at it" in answer.text
        assert TariffVersion.objects.count() == 1

    def test_are_published_by_their_writer_where_the_co_op_allows_it(
        self, dana: Client, draft: str
    ) -> None:
        set_policy(
            key="tariff.second_look",
            value=False,
            effective_from=dt.date(2024, 1, 1),
            author="board",
            now=NOW,
        )
        dana.post(draft, {"act": "preview", "compared_with": "E-R1"})
        finish(draft)

        answer = dana.post(
            draft, {"act": "publish", "effective_from": "2027-01-01", "looked": "on"}, follow=True
        )

        assert "E-R1 is published" in answer.text
        assert TariffVersion.objects.filter(effective_from="2027-01-01").exists()
        assert dana.post(draft, {"act": "save", "text": TEXT}).status_code == 404

    def test_may_be_thrown_away(self, dana: Client, draft: str) -> None:
        dana.post(draft, {"act": "discard"})

        assert dana.get(draft).status_code == 404

    def test_give_their_bills_as_a_spreadsheet(self, dana: Client, draft: str) -> None:
        answer = dana.get(f"{draft}bills/?file=csv")

        assert answer.text.splitlines()[0] == "account,bill,before,after,difference,refused"

    def test_are_not_there_for_a_member(self, cast: Cast, draft: str) -> None:
        rosa = Client()
        rosa.force_login(cast.rosa.user)

        assert rosa.get(draft).status_code == rosa.get("/desk/rates/").status_code == 404
