"""Do one act with a bank's files as a process of its own, so that it can be killed.

python -m tests.crash.bank prepare N   store an account for Maria, ask it, begin N payments from it
python -m tests.crash.bank store FORM  store a member's account from the page's form of that number
python -m tests.crash.bank send        make the file for the bank; say what waits after
python -m tests.crash.bank refund      let the newest payment go back by the next file
python -m tests.crash.bank returns     take in a file that sends every debit back
python -m tests.crash.bank lockbox DAY take in three checks of a day: two sound, one nobody's
python -m tests.crash.bank cash DAY    take in three payments at stores of a day, in the same way
python -m tests.crash.bank agency DAY  take in three payments of an agency, in the same way
python -m tests.crash.bank place       write Maria's debt off and hand it to a collection agency
python -m tests.crash.bank collected PLACEMENT   take in what that agency collected, in that way
"""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Callable
from contextlib import suppress

import django


def prepare(number: str) -> str:
    """Store an account once, ask it, and begin payments of 10.00 from it."""
    from smarthub.cooperative.operations import set_policy  # noqa: PLC0415
    from smarthub.payments.models import BankAccount  # noqa: PLC0415
    from smarthub.payments.types import MethodId  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    # One account is returned again and again here; it must not come to need guaranteed funds.
    set_policy(
        key="returned.most_in_a_year",
        value=0,
        effective_from=dt.date(2020, 1, 1),
        author="test",
        now=NOW,
    )
    bank = _bank()
    stored = BankAccount.objects.exclude(entries=None).first()
    if stored is None:
        method = bank.store()
        bank.send(NOW)
    else:
        method = MethodId(stored.method_id)
    for _ in range(int(number)):
        bank.begin(method, 10_00, payment_id=uuid.uuid4())
    return "prepared"


def store(form: str) -> str:
    """Store an account as the member's page does, with its consent; once for each form."""
    from dataclasses import replace  # noqa: PLC0415

    from smarthub.payments.ports import EntryClass  # noqa: PLC0415
    from smarthub.workflows.auto_pay.set_up_auto_pay import Agreement  # noqa: PLC0415
    from smarthub.workflows.bank.own_bank_account import store_own_bank_account  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415
    from tests.workflows.own_files import ACCOUNT, offer_own_files  # noqa: PLC0415

    offer_own_files()
    bank = _bank()
    method = store_own_bank_account(
        form_id=uuid.UUID(form),
        user_id=bank.cast.maria.user.pk,
        account=replace(ACCOUNT, entry_class=EntryClass.WEB, bank="Apple River Bank"),
        agreement=Agreement("You may draw on it.", "1", "en", None, ""),
        sealer=bank.sealer,
        now=NOW,
    )
    return str(method.id)


def send() -> str:
    """Make the file; nothing to send is what a second run finds."""
    from smarthub.payments.operations import NothingToSend  # noqa: PLC0415
    from smarthub.workflows.bank.bank_files import settle_bank_entries  # noqa: PLC0415
    from tests.workflows.own_files import PROVED, SETTLED  # noqa: PLC0415

    with suppress(NothingToSend):
        _bank().send(PROVED)
    settle_bank_entries(on=SETTLED.date(), now=SETTLED)
    return "sent"


def refund() -> str:
    """Ask for the newest payment back; say the refund's id."""
    from smarthub.kernel.money import Money  # noqa: PLC0415
    from smarthub.payments.models import SentEntry  # noqa: PLC0415
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.refund_payment import ask_refund  # noqa: PLC0415
    from tests.workflows.own_files import SETTLED  # noqa: PLC0415

    newest = SentEntry.objects.exclude(attempt=None).select_related("attempt").latest("pk")
    assert newest.attempt is not None
    refund_id = uuid.uuid4()
    ask_refund(
        refund_id=refund_id,
        user_id=_bank().cast.dana.user.pk,
        payment_id=newest.attempt.payment_id,
        account_number="1001",
        amount=Money(10_00),
        reason="paid too much",
        now=SETTLED,
        gateway=payment_gateway(),
    )
    return str(refund_id)


def take_back() -> str:
    """Ask for the newest payment back that can go; say its entry."""
    from smarthub.payments.models import SentEntry  # noqa: PLC0415
    from smarthub.payments.types import ReversalReason  # noqa: PLC0415
    from smarthub.workflows.bank.entries_back import ask_back  # noqa: PLC0415
    from tests.workflows.own_files import SETTLED  # noqa: PLC0415

    newest = SentEntry.objects.filter(reversal=None).exclude(attempt=None).latest("pk")
    ask_back(
        user_id=_bank().cast.dana.user.pk,
        file_id=newest.file_id,
        entry_id=newest.pk,
        shown=1,
        reason=ReversalReason.DUPLICATE,
        now=SETTLED,
    )
    return str(newest.pk)


def returns() -> str:
    """Take in a file in which every debit ever sent comes back for want of money, newest first."""
    from smarthub.payments.models import SentEntry  # noqa: PLC0415
    from tests.integrations.nacha.files import sent_back  # noqa: PLC0415

    traces = SentEntry.objects.exclude(attempt=None).order_by("-trace")
    words = [("R01", trace, 10_00, "") for trace in traces.values_list("trace", flat=True)]
    return " ".join(row.outcome for row in _bank().hear(sent_back(*words)))


def lockbox(day: str) -> str:
    """Take in three checks: 20.00 and 30.00 for Maria, and 5.00 without a stub."""
    from smarthub.billing.engine.stub import scan_line  # noqa: PLC0415
    from smarthub.integrations.lockbox.format import LockboxRows  # noqa: PLC0415
    from smarthub.kernel.money import Money  # noqa: PLC0415
    from smarthub.workflows.bank.bank_files import take_lockbox  # noqa: PLC0415
    from tests.cast import NOW, TODAY  # noqa: PLC0415

    stub = scan_line(account_number="1001", amount=Money(20_00), due_date=TODAY)
    text = (
        f"lockbox,4711,{dt.date.fromisoformat(day)}\ncheck,1,1,20.00,1,{stub}\n"
        f"check,1,2,5.00,2,\ncheck,1,3,30.00,3,{stub}\nbatch,1,3,55.00\nfile,3,55.00\n"
    )
    rows = take_lockbox(
        user_id=_bank().cast.dana.user.pk,
        name="box.csv",
        content=text.encode(),
        layout=LockboxRows(),
        now=NOW,
    )
    return " ".join(row.outcome for row in rows)


def cash(day: str) -> str:
    """Take in three payments at stores: 20.00 and 30.00 for Maria, and 5.00 of a misread code."""
    from smarthub.billing.engine.cash_number import BILLER  # noqa: PLC0415
    from smarthub.cooperative.operations import set_policy  # noqa: PLC0415
    from smarthub.integrations.csv_files.cash import CashRows  # noqa: PLC0415
    from smarthub.workflows.bank.bank_files import take_cash  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    set_policy(
        key=BILLER, value="412007", effective_from=dt.date(2020, 1, 1), author="test", now=NOW
    )
    text = (
        "cash,412007\n"
        f"paid,41200700000000100180,20.00,{day},R-{day}-1\n"
        f"paid,41200700000000100181,5.00,{day},R-{day}-2\n"  # its check digits are 80
        f"paid,41200700000000100180,30.00,{day},R-{day}-3\n"
        "file,3,55.00\n"
    )
    rows = take_cash(
        user_id=_bank().cast.dana.user.pk,
        name="cash.csv",
        content=text.encode(),
        layout=CashRows(),
        now=NOW,
    )
    return " ".join(row.outcome for row in rows)


def agency(day: str) -> str:
    """Take in three payments of an agency: 20.00 and 30.00 for Maria, and 5.00 for nobody."""
    from smarthub.arrears.models import Agency  # noqa: PLC0415
    from smarthub.integrations.csv_files.agency import AgencyRows  # noqa: PLC0415
    from smarthub.workflows.bank.bank_files import take_agency  # noqa: PLC0415
    from tests.arrears.test_pledges import add  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    cast = _bank().cast
    if not Agency.objects.exists():
        add(cast)
    text = (
        f"agency,LIHEAP,{day},40112\npaid,V-{day}-1,1001,Alvarez,20.00\n"
        f"paid,V-{day}-2,1001,Nobody,5.00\npaid,V-{day}-3,1001,Alvarez,30.00\nfile,3,55.00\n"
    )
    rows = take_agency(
        user_id=cast.dana.user.pk,
        name="agency.csv",
        content=text.encode(),
        layout=AgencyRows(),
        now=NOW,
    )
    return " ".join(row.outcome for row in rows)


def place() -> str:
    """Write Maria's debt of 500.00 off, and hand it to a collection agency; say as which debt."""
    from tests.arrears.test_placements import placed  # noqa: PLC0415

    return f"P{placed(_bank().cast, 500_00).pk:06}"


def collected(placement: str, number: str) -> str:
    """Take in a statement: 20.00 and 30.00 of the debt, and 5.00 of one nobody handed over."""
    from smarthub.integrations.csv_files.collection import CollectionRows  # noqa: PLC0415
    from smarthub.workflows.bank.bank_files import take_collected  # noqa: PLC0415
    from tests.arrears.bills import at  # noqa: PLC0415
    from tests.arrears.test_placements import SAID, statement  # noqa: PLC0415

    text = statement(
        f"S-{number}1,{placement},20.00,5.00",
        f"S-{number}2,P999999,5.00,1.00",
        f"S-{number}3,{placement},30.00,7.50",
    )
    rows = take_collected(
        user_id=_bank().cast.dana.user.pk,
        name="statement.csv",
        content=text.encode(),
        layout=CollectionRows(),
        now=at(SAID),
    )
    return " ".join(row.outcome for row in rows)


def _bank() -> Bank:
    from smarthub.wiring.bank_files import bank_sealer  # noqa: PLC0415

    return Bank(_cast(), bank_sealer())


if __name__ == "__main__":
    django.setup()
    from tests.crash.bank_cast import find_cast as _cast
    from tests.workflows.own_files import Bank

    act, *values = sys.argv[1:]
    acts: dict[str, Callable[..., str]] = {
        "prepare": prepare,
        "store": store,
        "send": send,
        "refund": refund,
        "take_back": take_back,
        "returns": returns,
        "lockbox": lockbox,
        "cash": cash,
        "agency": agency,
        "place": place,
        "collected": collected,
    }
    sys.stdout.write(f"said: {acts[act](*values)}\n")
