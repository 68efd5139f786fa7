"""Find bills that would come out otherwise today, because something came late or was replaced.

Nothing is changed: a difference is noted once, and a person decides (domain rules 43 to 45, 135).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import connection, transaction

from smarthub.billing.engine.back_billing import BackBillingTooOld, refuse_too_old
from smarthub.billing.engine.draft import DraftBill
from smarthub.billing.models import Bill
from smarthub.billing.operations.correcting import draft_of_bill, record_difference
from smarthub.billing.operations.runs import terms_of_day
from smarthub.billing.operations.writing import digest_of_draft
from smarthub.billing.queries import get_cycle
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money

_TOUCHED = """
    SELECT DISTINCT b.id
      FROM billing_bill b
      JOIN billing_billsegment s ON s.bill_id = b.id
     WHERE b.bill_date >= %(oldest)s
       AND NOT EXISTS (SELECT 1 FROM billing_billcancellation c WHERE c.bill_id = b.id)
       AND (EXISTS (
              SELECT 1 FROM metering_readfile f
                JOIN metering_registerread r ON r.file_id = f.id
                JOIN metering_register g ON g.id = r.register_id
                JOIN metering_meterinstall i ON i.meter_id = g.meter_id
               WHERE f.received_at > %(since)s AND f.received_at > b.created_at
                 AND i.service_point_id = s.service_point_id
                 AND r.read_on BETWEEN s.period_start AND s.period_end)
         OR EXISTS (
              SELECT 1 FROM metering_readfile f
                JOIN metering_interval_day d ON d.file_id = f.id
                JOIN metering_channel n ON n.id = d.channel_id
               WHERE f.received_at > %(since)s AND f.received_at > b.created_at
                 AND n.service_point_id = s.service_point_id
                 AND d.day >= s.period_start AND d.day < s.period_end))
"""
_CERTIFIED = """
    SELECT DISTINCT b.id
      FROM billing_bill b
      JOIN billing_billsegment s ON s.bill_id = b.id
      JOIN billing_taxcertificate t ON t.account_id = b.account_id
      LEFT JOIN billing_taxcertificateend e ON e.certificate_id = t.id
     WHERE b.bill_date >= %(oldest)s
       AND NOT EXISTS (SELECT 1 FROM billing_billcancellation c WHERE c.bill_id = b.id)
       AND t.starts_on < s.period_end AND t.ends_on > s.period_start
       AND greatest(t.recorded_at, e.recorded_at) > %(since)s
       AND greatest(t.recorded_at, e.recorded_at) > b.created_at
"""
_DISTRICTED = """
    SELECT DISTINCT b.id
      FROM billing_bill b
      JOIN billing_billsegment s ON s.bill_id = b.id
      JOIN accounts_servicepoint p ON p.id = s.service_point_id
      JOIN accounts_premisedistrict d ON d.premise_id = p.premise_id
     WHERE b.bill_date >= %(oldest)s
       AND NOT EXISTS (SELECT 1 FROM billing_billcancellation c WHERE c.bill_id = b.id)
       AND d.effective_from < s.period_end
       AND d.recorded_at > %(since)s AND d.recorded_at > b.created_at
"""
OLDEST = dt.timedelta(days=730)
"""So far back bills are looked at; how far a correction may ask for more is a policy (rule 45)."""
LATE_READS, LATER_BILL, CERTIFICATE = "late_reads", "earlier_bill_changed", "tax_certificate"
DISTRICT = "tax_district"
TOUCHED = ((CERTIFICATE, _CERTIFIED), (DISTRICT, _DISTRICTED), (LATE_READS, _TOUCHED))
"""What may have come after a bill was made, and the bills it may touch."""


def find_differences(*, since: dt.datetime, now: dt.datetime) -> int:
    """Check bills that what was recorded after ``since`` may touch; count what differs.

    That is reads, certificates and tax districts. Only bills made before those are checked, and
    none older than two years. A difference that is noted already is not noted again.
    """
    return sum(
        check_bill(bill=bill, code=code, now=now)
        for code, touched in TOUCHED
        for bill in _bills(touched, since, now)
    )


def _bills(touched: str, since: dt.datetime, now: dt.datetime) -> Sequence[Bill]:
    with connection.cursor() as cursor:
        cursor.execute(touched, {"since": since, "oldest": now.date() - OLDEST})
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(Bill.objects.filter(pk__in=ids).select_related("account").order_by("number"))


def check_later_bills(*, number: str, now: dt.datetime) -> int:
    """Check the bills that rest on one that was just made anew; return how many differ.

    A ratchet or a bank that changed asks for later bills to be made anew as well, one by one.
    """
    made = Bill.objects.get(number=number)
    agreements = made.segments.values("agreement")
    later = Bill.objects.filter(
        segments__agreement__in=agreements, bill_date__gt=made.bill_date, cancellation=None
    )
    bills = later.select_related("account").distinct().order_by("bill_date")
    return sum(check_bill(bill=bill, code=LATER_BILL, now=now) for bill in bills)


def check_bill(*, bill: Bill, code: str, now: dt.datetime) -> bool:
    """Note a difference if the bill would come out otherwise today; say whether one is new."""
    terms = terms_of_day(cycle=get_cycle(code=bill.account.cycle_code), bill_date=bill.bill_date)
    with transaction.atomic():
        try:
            draft = draft_of_bill(
                bill=bill, terms=replace(terms, due_date=bill.due_date), edition=bill.edition + 1
            )
        except ExpectedError:
            return False  # what cannot be billed today is no reason to doubt what was
        if _lines_of(draft) == _stored_lines(bill) or _is_too_old(bill, draft, now.date()):
            return False
        return record_difference(
            bill=bill, code=code, draft=draft, digest=digest_of_draft(draft), now=now
        )


def _is_too_old(bill: Bill, draft: DraftBill, on: dt.date) -> bool:
    """Say whether nobody could correct it: it would ask more for days too far back (rule 45)."""
    try:
        refuse_too_old(draft=draft, charged=Money(bill.charges_cents), on=on)
    except BackBillingTooOld:
        return True
    return False


def _lines_of(draft: DraftBill) -> Sequence[object]:
    return [
        (
            segment.plan.unbilled.agreement.id,
            segment.part.period.start,
            line.code,
            line.amount.cents,
        )
        for segment in draft.segments
        for line in segment.lines
    ]


def _stored_lines(bill: Bill) -> Sequence[object]:
    rows = bill.segments.order_by("position", "lines__position").exclude(lines=None)
    return list(
        rows.values_list("agreement_id", "period_start", "lines__code", "lines__amount_cents")
    )
