"""The desk's pages of money, asked by Rosa: she does not learn that there are any."""

from __future__ import annotations

from uuid import UUID

from smarthub.accounts.models import Account
from smarthub.arrears.models import Agency, AgencyFile
from smarthub.kernel.money import Money
from smarthub.payments.models import (
    Attempt,
    BankAccount,
    MoneyException,
    Payment,
    Refund,
    SentBankFile,
    SentEntry,
    StoredMethod,
    SuspenseItem,
)
from smarthub.payments.operations import keep_money_file
from tests.cast import Cast
from tests.portal.rosa.asked_portal import NOBODYS, PAID_AT, PAYMENT
from tests.portal.rosa.tables import Ask, Tables

REFUND = UUID("00000000-0000-4000-8000-000000003001")

MISSING = {
    "refund": NOBODYS,
    "exception": "0",
    "item": "0",
    "money_file": "0",
    "sent_file": "0",
    "agency_file": NOBODYS,
}


def prepare(cast: Cast) -> dict[str, str]:
    """Put a refund of Maria's, money nobody knows and something that does not fit on the desk."""
    payment = Payment.objects.filter(pk=PAYMENT).first() or Payment.objects.create(
        id=UUID("00000000-0000-4000-8000-000000001002"),
        channel="web",
        amount_cents=100,
        request_digest="0" * 64,
        received_at=PAID_AT,
    )
    attempt = Attempt.objects.create(
        key="payment:of-maria", payment=payment, gateway="sandbox", made_at=PAID_AT
    )
    Refund.objects.create(
        id=REFUND,
        attempt=attempt,
        account=Account.objects.get(pk=cast.account_1001),
        amount_cents=100,
        reason="Paid twice",
        needs_second=False,
        asked_by_id=cast.dana.person_id,
        asked_at=PAID_AT,
    )
    item = SuspenseItem.objects.create(
        source_key="lockbox:1",
        amount_cents=100,
        channel="mail",
        told="Alvarez?",
        received_on=PAID_AT.date(),
        recorded_at=PAID_AT,
    )
    found = MoneyException.objects.create(key="x", kind="disputed", found_at=PAID_AT)
    file, _ = keep_money_file(
        content=b"x",
        kind="lockbox",
        name="box.csv",
        rows=1,
        total=Money(1_00),
        by=cast.dana.person_id,
        now=PAID_AT,
    )
    Agency.objects.create(
        code="HELP",
        kind="assistance",
        name="Help",
        added_by_id=cast.dana.person_id,
        added_at=PAID_AT,
    )
    handed_over = AgencyFile.objects.create(
        id=UUID("00000000-0000-4000-8000-000000004001"),
        agency=Agency.objects.get(code="HELP"),
        kind="placed",
        on=PAID_AT.date(),
        made_by_id=cast.dana.person_id,
        made_at=PAID_AT,
    )
    return {
        "refund": str(REFUND),
        "item": str(item.pk),
        "exception": str(found.pk),
        "money_file": str(file),
        "sent_file": str(_sent_file(cast)),
        "agency_file": str(handed_over.pk),
    }


def _sent_file(cast: Cast) -> int:
    """Return a file for the bank that asks about an account of Maria's."""
    method = StoredMethod.objects.create(
        person_id=cast.maria.person_id,
        gateway="bank_file",
        token="of-maria",
        kind="bank",
        brand="Bank",
        last4="9012",
        added_at=PAID_AT,
    )
    account = BankAccount.objects.create(
        method=method,
        routing="021000021",
        sealed_number="sealed",
        kind="checking",
        name="Maria Alvarez",
        entry_class="PPD",
    )
    sent = SentBankFile.objects.create(
        made_on=PAID_AT.date(),
        letter="A",
        effective_on=PAID_AT.date(),
        digest="0" * 64,
        made_at=PAID_AT,
    )
    SentEntry.objects.create(
        file=sent, account=account, use="debit_prenote", amount_cents=0, trace="1" * 15
    )
    return sent.pk


def staff(address: str) -> Ask:
    """Return the request for a page that Dana reaches."""
    return Ask("GET", lambda t: address.format(**t), owner="dana")


def send(address: str, **data: str) -> Ask:
    """Return what Dana sends there."""
    return Ask("POST", lambda t: address.format(**t), lambda _: data, owner="dana")


ASKED: Tables = {
    "desk/money/counter/": (
        staff("/desk/money/counter/"),
        Ask(
            "POST",
            lambda _: "/desk/money/counter/",
            lambda _: {"amount": ""},
            owner="dana",
            reached=400,
        ),
    ),
    "desk/money/files/": (
        staff("/desk/money/files/"),
        Ask(
            "POST",
            lambda _: "/desk/money/files/",
            lambda _: {"act": "take"},
            owner="dana",
            reached=400,
        ),
    ),
    "desk/money/files/<int:file_id>/": (staff("/desk/money/files/{money_file}/"),),
    "desk/money/files/sent/<int:file_id>/": (staff("/desk/money/files/sent/{sent_file}/"),),
    "desk/money/files/sent/<int:file_id>/again/": (
        send("/desk/money/files/sent/{sent_file}/again/"),
    ),
    "desk/money/files/sent/<int:file_id>/back/": (
        staff("/desk/money/files/sent/{sent_file}/back/"),
        Ask(
            "POST",
            lambda t: f"/desk/money/files/sent/{t['sent_file']}/back/",
            lambda _: {"reason": "duplicate", "shown": "0"},
            owner="dana",
            reached=400,
        ),
    ),
    "desk/money/files/send/": (send("/desk/money/files/send/"),),
    "desk/accounts/<str:number>/phone/": (
        Ask("GET", lambda t: f"/desk/accounts/{t['account']}/phone/", owner=""),
        Ask("POST", lambda t: f"/desk/accounts/{t['account']}/phone/", owner=""),
    ),
    "desk/accounts/<str:number>/pay-link/": (
        staff("/desk/accounts/{account}/pay-link/"),
        send("/desk/accounts/{account}/pay-link/", act="show"),
    ),
    "desk/payments/": (staff("/desk/payments/"),),
    "desk/payments/<uuid:payment_id>/": (
        staff("/desk/payments/{payment}/"),
        send("/desk/payments/{payment}/", act="note", text="She called."),
    ),
    "desk/money/refunds/": (staff("/desk/money/refunds/"),),
    "desk/money/refunds/<uuid:refund_id>/": (send("/desk/money/refunds/{refund}/", allow="no"),),
    "desk/money/exceptions/": (staff("/desk/money/exceptions/"),),
    "desk/money/exceptions/<int:exception_id>/": (
        send("/desk/money/exceptions/{exception}/", text="Found out."),
    ),
    "desk/money/suspense/": (
        staff("/desk/money/suspense/"),
        Ask(
            "POST",
            lambda _: "/desk/money/suspense/",
            lambda _: {"amount": ""},
            owner="dana",
            reached=400,
        ),
    ),
    "desk/money/suspense/<int:item_id>/": (send("/desk/money/suspense/{item}/", account="9999"),),
    "desk/money/reconciliation/": (staff("/desk/money/reconciliation/"),),
    "desk/money/months/": (
        staff("/desk/money/months/"),
        staff("/desk/money/months/?close=2024-10-01"),
        send("/desk/money/months/", month="2024-10-01", sure="yes"),
    ),
    "desk/money/arrears/": (staff("/desk/money/arrears/"),),
    "desk/money/arrears/<str:number>/": (
        staff("/desk/money/arrears/1001/"),
        send("/desk/money/arrears/1001/", act="hold", kind="medical", reason="By phone"),
    ),
    "desk/money/agencies/debts/": (
        staff("/desk/money/agencies/debts/"),
        send("/desk/money/agencies/debts/", act="place", file_id=NOBODYS),
    ),
    "desk/money/agencies/debts/<uuid:file_id>/": (
        staff("/desk/money/agencies/debts/{agency_file}/"),
    ),
    "desk/money/agencies/": (
        staff("/desk/money/agencies/"),
        send(
            "/desk/money/agencies/",
            act="add",
            kind="assistance",
            code="LIHEAP",
            name="Energy Assistance",
        ),
    ),
    "desk/money/auto-pay/": (
        staff("/desk/money/auto-pay/"),
        Ask(
            "POST",
            lambda _: "/desk/money/auto-pay/",
            lambda _: {"amount": ""},
            owner="dana",
            reached=400,
        ),
    ),
    "desk/money/policies/": (staff("/desk/money/policies/"),),
    "desk/money/policies/<str:key>/": (
        staff("/desk/money/policies/fee.nsf_cents/"),
        Ask(
            "POST",
            lambda _: "/desk/money/policies/fee.nsf_cents/",
            lambda _: {"value": ""},
            owner="dana",
            reached=400,
        ),
    ),
}
