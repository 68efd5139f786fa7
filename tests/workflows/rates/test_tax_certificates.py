"""Certificates that keep taxes off a bill (rule 35): with proof, dated, warned of, ended."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from smarthub.billing.models import BillSegment
from smarthub.billing.operations.certificates import (
    LARGEST_PROOF,
    CertificateHasNoDays,
    CertificateKnown,
    CertificateNamesNoTax,
    ProofNotReadable,
)
from smarthub.billing.queries.desk import list_open_differences
from smarthub.billing.reproducing import reprice
from smarthub.billing.types import NewCertificate
from smarthub.cooperative.operations import set_policy
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.models import AuditEntry
from smarthub.notifications.models import Message
from smarthub.workflows.bills.cancel_and_rebill import correct_bill, look_for_differences
from smarthub.workflows.rates.tax_certificates import (
    end_certificate,
    list_running_out,
    read_proof,
    record_certificate,
    warn_of_expiring_certificates,
)
from tests.billing.village import FIRST_BILL, SECOND_BILL, read
from tests.cast import OPENED, Cast
from tests.workflows.closing import close, maria_bill

NOON = dt.datetime(2024, 11, 18, 18, tzinfo=dt.UTC)
PDF = b"%PDF-1.7 signed and stamped"
TO_NEW_YEAR = dt.date(2025, 1, 1)


def record(
    cast: Cast,
    *,
    starts_on: dt.date = OPENED,
    ends_on: dt.date = TO_NEW_YEAR,
    number: str = "IL-GOV-17",
    taxes: tuple[str, ...] = ("state_tax",),
    proof: bytes = PDF,
    now: dt.datetime = NOON,
) -> int:
    return record_certificate(
        user_id=cast.dana.user.pk,
        account_number="1001",
        certificate=NewCertificate(
            reason="government", number=number, taxes=taxes, starts_on=starts_on,
            ends_on=ends_on, proof=proof,
        ),
        now=now,
    )  # fmt: skip


def end(cast: Cast, number: int, last_day: dt.date, now: dt.datetime = NOON) -> None:
    end_certificate(
        user_id=cast.dana.user.pk, account_number="1001", number=number, last_day=last_day,
        reason="The office moved out", now=now,
    )  # fmt: skip


def tax_lines(cast: Cast, bill_date: dt.date = FIRST_BILL) -> dict[str, int]:
    electric = maria_bill(cast, bill_date).segments[0]
    return {
        line.code: line.amount.cents for line in electric.lines if line.code.startswith("state")
    }


class TestOnABill:
    def test_the_tax_comes_off_and_the_bill_says_so(self, village: Cast) -> None:
        record(village)

        close()

        # 812 kWh x 0.0032 = 2.60; without a certificate the bill is 284.67.
        assert tax_lines(village) == {"state_tax": 260, "state_tax.exempt": -260}
        bill = maria_bill(village)
        assert bill.charges == Money(28467 - 260)
        (line,) = [each for each in bill.segments[0].lines if each.code.endswith(".exempt")]
        assert line.name.es == "Impuesto estatal a la electricidad, exento por certificado"

    def test_one_that_begins_inside_the_period_counts_for_its_days(self, village: Cast) -> None:
        record(village, starts_on=dt.date(2024, 10, 22))  # ten days of 31

        close()

        assert tax_lines(village) == {"state_tax": 260, "state_tax.exempt": -84}  # 0.8387

    def test_two_that_meet_count_each_day_once(self, village: Cast) -> None:
        record(village, ends_on=dt.date(2024, 10, 12))
        record(village, starts_on=dt.date(2024, 10, 5), number="IL-GOV-18")

        close()

        assert tax_lines(village) == {"state_tax": 260, "state_tax.exempt": -260}

    def test_when_it_is_over_the_tax_is_back(self, village: Cast) -> None:
        record(village, ends_on=FIRST_BILL)
        close()
        read("PR00000001", SECOND_BILL, "1700")
        read("PR00000002", SECOND_BILL, "168")

        close(SECOND_BILL)

        assert tax_lines(village, SECOND_BILL) == {"state_tax": 252}  # 788 x 0.0032 = 2.5216

    def test_another_account_pays_its_tax(self, village: Cast) -> None:
        record(village)
        read("PR00000003", FIRST_BILL + dt.timedelta(days=1), "7")

        close()

        assert not BillSegment.objects.filter(
            bill__account=village.account_1002, lines__code__endswith=".exempt"
        ).exists()

    def test_it_can_be_reproduced_from_what_it_kept(self, village: Cast) -> None:
        number = record(village, starts_on=dt.date(2024, 10, 22))
        close()
        end(village, number, dt.date(2024, 10, 25))

        segment = BillSegment.objects.get(
            bill__account=village.account_1001, tariff_version__code="E-R1"
        )

        stored = list(segment.lines.order_by("position").values_list("code", "amount_cents"))
        assert [(line.code, line.amount.cents) for line in reprice(segment=segment)] == stored


class TestRecordedLate:
    def test_it_lists_the_bill_and_a_new_one_leaves_the_tax_off(self, village: Cast) -> None:
        close()
        record(village)
        since = NOON - dt.timedelta(hours=1)

        assert look_for_differences(since=since, now=NOON) == 1

        (row,) = list_open_differences()
        assert (row.code, row.difference) == ("tax_certificate", Money(-260))
        issued = correct_bill(
            user_id=village.dana.user.pk, bill_number="1001-241101", reason="tax", note="",
            on=NOON.date(), now=NOON,
        )  # fmt: skip
        assert issued.charges == Money(28467 - 260)
        assert look_for_differences(since=since, now=NOON) == 0

    def test_ended_for_days_that_are_billed_it_lists_the_bill_too(self, village: Cast) -> None:
        number = record(village, now=dt.datetime(2024, 10, 2, 12, tzinfo=dt.UTC))
        close()
        end(village, number, dt.date(2024, 10, 15))

        assert look_for_differences(since=NOON - dt.timedelta(hours=1), now=NOON) == 1

        (row,) = list_open_differences()
        assert row.difference == Money(134)  # 2.60 x 16/31 that is owed after all

    def test_nothing_else_is_looked_at(self, village: Cast) -> None:
        close()
        record(village, starts_on=FIRST_BILL)

        assert look_for_differences(since=NOON - dt.timedelta(hours=1), now=NOON) == 0


class TestRecording:
    def test_keeps_the_proof_and_says_who_did_it(self, village: Cast) -> None:
        number = record(village)

        name, content = read_proof(
            user_id=village.dana.user.pk, account_number="1001", number=number, now=NOON
        )
        assert (name, content) == ("certificate.pdf", PDF)
        act = AuditEntry.objects.get(act="tax_certificate_recorded")
        assert act.after == {
            "certificate": "IL-GOV-17",
            "taxes": ["state_tax"],
            "starts_on": "2024-10-01",
            "ends_on": "2025-01-01",
        }

    def test_without_days_taxes_or_a_copy_that_can_be_read_it_is_refused(
        self, village: Cast
    ) -> None:
        with pytest.raises(CertificateHasNoDays):
            record(village, ends_on=OPENED)
        with pytest.raises(CertificateNamesNoTax):
            record(village, taxes=())
        for proof in (b"", b"MZ program", PDF.ljust(LARGEST_PROOF + 1)):
            with pytest.raises(ProofNotReadable):
                record(village, proof=proof)

    def test_the_same_one_twice_is_refused(self, village: Cast) -> None:
        record(village)

        with pytest.raises(CertificateKnown):
            record(village)

    def test_of_another_account_it_is_not_there(self, village: Cast) -> None:
        number = record(village)

        with pytest.raises(NotVisible):
            read_proof(user_id=village.dana.user.pk, account_number="1002", number=number, now=NOON)
        with pytest.raises(NotVisible):
            read_proof(user_id=village.rosa.user.pk, account_number="1001", number=number, now=NOON)

    @pytest.mark.parametrize("table", ["billing_taxcertificate", "billing_taxcertificateend"])
    def test_cannot_be_changed_in_the_database(self, village: Cast, table: str) -> None:
        end(village, record(village), OPENED)
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE {table} SET ends_on = ends_on + 1")  # noqa: S608

    def test_it_ends_once_and_while_it_holds(self, village: Cast) -> None:
        number = record(village)
        with pytest.raises(CertificateHasNoDays):
            end(village, number, TO_NEW_YEAR)
        end(village, number, dt.date(2024, 10, 15))

        with pytest.raises(CertificateKnown):
            end(village, number, dt.date(2024, 10, 14))


class TestRunningOut:
    def test_its_holders_are_told_once_45_days_before(self, village: Cast) -> None:
        record(village)
        before = dt.datetime(2024, 11, 16, 18, tzinfo=dt.UTC)  # 45 days before December 31

        told = [
            warn_of_expiring_certificates(now=before + dt.timedelta(days=days))
            for days in (-1, 0, 1)
        ]

        assert told == [0, 1, 1]
        (message,) = Message.objects.filter(template="certificate_expires")
        assert message.account_number == "1001"
        assert "IL-GOV-17" in message.subject
        assert "December 31, 2024" in message.body

    def test_the_policy_says_how_long_before(self, village: Cast) -> None:
        record(village)
        set_policy(
            key="tax.certificate_warning_days", value=10, effective_from=dt.date(2024, 1, 1),
            author="board", source_note="tests", now=NOON,
        )  # fmt: skip

        assert list_running_out(on=dt.date(2024, 12, 20)) == []
        assert len(list_running_out(on=dt.date(2024, 12, 21))) == 1

    def test_one_that_is_followed_or_ended_is_not_told_of(self, village: Cast) -> None:
        record(village)
        record(village, number="IL-GOV-18", starts_on=TO_NEW_YEAR, ends_on=dt.date(2026, 1, 1))
        end(village, record(village, number="IL-GOV-19"), dt.date(2024, 10, 15))

        assert warn_of_expiring_certificates(now=NOON) == 0
