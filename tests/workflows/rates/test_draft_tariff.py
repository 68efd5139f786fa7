"""A tariff's way from a draft to a published version: checked, previewed, looked at twice."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import yaml
from procrastinate.contrib.django.models import ProcrastinateJob

from smarthub.kernel.money import Money
from smarthub.members.models import AuditEntry, User
from smarthub.rating.models import PreviewedBill, TariffVersion
from smarthub.rating.operations import (
    DateTooEarly,
    DraftChanged,
    DraftUnknown,
    PreviewMissing,
    SecondLookMissing,
    digest_of,
)
from smarthub.rating.queries import find_preview, get_draft, list_bill_changes, list_drafts
from smarthub.rating.types import NameUnknown, SpanishMissing
from smarthub.rating.types.drafts import DraftId, PreviewId
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from smarthub.workflows.rates import draft_tariff
from tests.billing.village import FIRST_BILL, MADE
from tests.cast import Cast
from tests.rating.rate_book import E_R1

NOW = dt.datetime(2024, 11, 5, 18, 0, tzinfo=dt.UTC)
TODAY = dt.date(2024, 11, 5)
DECEMBER = dt.date(2024, 12, 1)
ZONE = ZoneInfo("America/Chicago")


def yaml_of(rate: str = "0.0870", name: str = "Residential electric") -> str:
    """Return E-R1 with another price for generation, which is 0.0770 now."""
    definition = copy.deepcopy(E_R1)
    definition["charges"][3]["rate"] = rate
    definition["name"]["en"] = name
    return yaml.safe_dump(definition, allow_unicode=True, sort_keys=False)


def save(cast: Cast, text: str, draft: DraftId | None = None, seen: str = "") -> DraftId:
    return draft_tariff.save(
        draft_id=draft, text=text, user_id=cast.dana.user.pk, seen_digest=seen, now=NOW
    )


def preview(draft: DraftId) -> PreviewId:
    preview_id = draft_tariff.ask_for_preview(
        draft_id=draft, compared_with="E-R1", on=TODAY, now=NOW
    )
    since = TODAY - draft_tariff.LAST_MONTH
    draft_tariff.make_preview(preview_id=preview_id, since=since, zone=ZONE, on=TODAY, now=NOW)
    return preview_id


def publish(draft: DraftId, user: User, day: dt.date = DECEMBER) -> None:
    draft_tariff.publish(draft_id=draft, effective_from=day, user_id=user.pk, on=TODAY, now=NOW)


@pytest.fixture
def billed(village: Cast) -> Cast:
    """Return the cast with October billed: 812 kWh for Maria, none for Rosa."""
    close_billing_cycle(cycle_code="C1", bill_date=FIRST_BILL, now=MADE, announce=False)
    return village


class TestSaving:
    def test_keeps_a_sound_draft_and_leaves_it_in_the_audit_trail(self, village: Cast) -> None:
        draft = save(village, yaml_of())

        assert [(each.code, each.author) for each in list_drafts()] == [("E-R1", "Dana Whitfield")]
        entry = AuditEntry.objects.get(act="tariff.saved")
        assert (entry.subject, entry.after) == (f"tariff_draft:{draft}", {"text": yaml_of()})

    def test_refuses_a_name_without_spanish_and_says_on_which_line(self, village: Cast) -> None:
        text = yaml_of().replace("  es: Electricidad residencial\n", "")

        with pytest.raises(SpanishMissing) as refused:
            save(village, text)

        assert refused.value.values == {"where": "name", "line": 3}
        assert list_drafts() == []

    def test_refuses_a_season_that_is_not_there(self, village: Cast) -> None:
        text = yaml_of().replace("  unit: kWh\n", "  unit: kWh\n  seasons: [winter]\n", 1)

        with pytest.raises(NameUnknown):
            save(village, text)

    def test_does_not_write_over_what_somebody_saved_in_between(self, village: Cast) -> None:
        draft = save(village, yaml_of())
        save(village, yaml_of("0.0900"), draft, seen=digest_of(yaml_of()))

        with pytest.raises(DraftChanged):
            save(village, yaml_of("0.0950"), draft, seen=digest_of(yaml_of()))

        assert get_draft(draft_id=draft).text == yaml_of("0.0900")

    def test_a_draft_thrown_away_is_gone_but_not_from_the_audit_trail(self, village: Cast) -> None:
        draft = save(village, yaml_of())

        draft_tariff.discard(draft_id=draft, user_id=village.dana.user.pk, now=NOW)

        assert list_drafts() == []
        assert AuditEntry.objects.get(act="tariff.discarded").before == {"text": yaml_of()}
        with pytest.raises(DraftUnknown):
            preview(draft)


class TestPreview:
    def test_prices_last_months_bills_under_the_draft(self, billed: Cast) -> None:
        draft = save(billed, yaml_of())

        preview(draft)

        # Maria's electricity: 139.46, and .01 more on 812 kWh is 8.12: 147.58; Rosa's 38.00 stays
        shown = find_preview(draft_id=draft)
        assert shown is not None
        assert (shown.before, shown.after) == (Money(17746), Money(18558))
        assert (shown.up, shown.down, shown.same, shown.refused) == (1, 0, 1, 0)
        assert [(each.account_number, each.difference) for each in shown.highest] == [
            ("1001", Money(812))
        ]
        assert (shown.done, shown.bills, shown.is_finished) == (2, 2, True)

    def test_of_the_same_prices_changes_no_bill(self, billed: Cast) -> None:
        draft = save(billed, yaml_of("0.0770"))

        preview(draft)

        changes = list_bill_changes(draft_id=draft, start=0, count=10)
        assert [change.difference for change in changes] == [Money(0), Money(0)]

    def test_says_which_bill_it_cannot_price_and_why(self, billed: Cast) -> None:
        text = yaml_of().replace("  rider: WPCA\n", "  rider: NEW\n")
        draft = save(billed, text)

        preview(draft)

        # Rosa used nothing, so no rider is needed; Maria's has no rate.
        changes = list_bill_changes(draft_id=draft, start=0, count=10)
        assert {(each.account_number, each.refused) for each in changes} == {
            ("1001", "rate_missing: NEW"),
            ("1002", ""),
        }

    def test_made_again_after_a_kill_counts_nothing_twice(self, billed: Cast) -> None:
        draft = save(billed, yaml_of())
        preview_id = preview(draft)

        since = TODAY - draft_tariff.LAST_MONTH
        draft_tariff.make_preview(preview_id=preview_id, since=since, zone=ZONE, on=TODAY, now=NOW)

        assert PreviewedBill.objects.count() == 2

    def test_is_queued_once_for_each_text(self, billed: Cast) -> None:
        draft = save(billed, yaml_of())

        for _ in range(2):
            draft_tariff.ask_for_preview(draft_id=draft, compared_with="E-R1", on=TODAY, now=NOW)

        assert ProcrastinateJob.objects.filter(task_name="preview_tariff").count() == 1

    def test_is_stale_once_the_draft_is_saved_again(self, billed: Cast) -> None:
        draft = save(billed, yaml_of())
        preview(draft)

        save(billed, yaml_of("0.0880"), draft)

        shown = find_preview(draft_id=draft)
        assert shown is not None
        assert shown.is_stale


class TestPublishing:
    def test_needs_another_person_than_the_one_who_wrote_it(self, billed: Cast) -> None:
        draft = save(billed, yaml_of())
        preview(draft)

        with pytest.raises(SecondLookMissing):
            publish(draft, billed.dana.user)

    def test_needs_a_preview_of_what_it_says_now(self, billed: Cast) -> None:
        draft = save(billed, yaml_of())
        preview(draft)
        save(billed, yaml_of("0.0880"), draft)

        with pytest.raises(PreviewMissing):
            publish(draft, billed.ben.user)

    def test_needs_a_day_that_has_not_passed(self, billed: Cast) -> None:
        draft = save(billed, yaml_of())
        preview(draft)

        with pytest.raises(DateTooEarly):
            publish(draft, billed.ben.user, day=dt.date(2024, 11, 4))

    def test_makes_a_version_from_the_day_and_changes_no_older_one(self, billed: Cast) -> None:
        before = TariffVersion.objects.get(code="E-R1").definition
        draft = save(billed, yaml_of())
        preview(draft)

        publish(draft, billed.ben.user)

        old, new = TariffVersion.objects.filter(code="E-R1").order_by("effective_from")
        assert old.definition == before
        assert (new.effective_from, new.author) == (DECEMBER, "Dana Whitfield, Ben Okafor")
        assert Decimal(new.definition["charges"][3]["rate"]) == Decimal("0.0870")
        assert get_draft(draft_id=draft).published_from == DECEMBER

    def test_of_a_published_draft_is_over(self, billed: Cast) -> None:
        draft = save(billed, yaml_of())
        preview(draft)
        publish(draft, billed.ben.user)

        with pytest.raises(DraftUnknown):
            save(billed, yaml_of("0.0880"), draft)
