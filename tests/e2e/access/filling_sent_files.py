"""The files made for the bank in the visited co-op: one that asked, and one that drew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from smarthub.integrations.nacha.format import Nacha
from smarthub.kernel.money import Money
from smarthub.members.queries import get_person_of_user
from smarthub.payments.operations import NewBankAccount, begin_payment, store_bank_account
from smarthub.payments.ports import BankAccountKind, EntryClass
from smarthub.payments.queries import list_account_ids
from smarthub.payments.types import BANK_FILE, Part, Payment, PaymentId
from smarthub.wiring.bank_files import bank_sealer
from smarthub.workflows.bank.bank_files import send_bank_file

NUMBER, DRAWN = "2011", (1_234_567_89, 20_00)
DAY = dt.timedelta(days=1)


def fill_sent_files(users: Mapping[str, int], *, now: dt.datetime) -> None:
    """Let the bank account of somebody with few pages be asked, and drawn on twice today."""
    sealer, layout, asked_at = bank_sealer(), Nacha(), now - 14 * DAY
    person_id = get_person_of_user(user_id=users["two_steps"]).id
    method_id, _ = store_bank_account(
        account=NewBankAccount(
            routing="021000021",
            number="123456789012",
            kind=BankAccountKind.CHECKING,
            name="Wolfeschlegelsteinhausenbergerdorff",
            entry_class=EntryClass.WEB,
            bank="Apple River Bank",
        ),
        person_id=person_id,
        on=asked_at.date(),
        sealer=sealer,
        now=asked_at,
    )
    send_bank_file(user_id=users["clerk"], layout=layout, sealer=sealer, now=asked_at)
    account_id = list_account_ids(numbers=[NUMBER])[NUMBER]
    for n, cents in enumerate(DRAWN):
        begin_payment(
            payment=Payment(
                id=PaymentId(UUID(f"00000000-0000-4000-8000-00000000f11{n}")),
                channel="web",
                parts=(Part(account_id, NUMBER, Money(cents)),),
                received_at=now,
                clearing=f"clearing:{BANK_FILE}:ach",
                person_id=person_id,
                method_id=method_id,
            ),
            gateway=BANK_FILE,
            maximum=Money(10**10),
            allow_credit=True,
            now=now,
        )
    send_bank_file(user_id=users["clerk"], layout=layout, sealer=sealer, now=now)
