"""What the tests of bank files share: a co-op that hands in its own, and an account to draw on."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, dataclass, field

from smarthub.cooperative.operations import set_policy
from smarthub.integrations.nacha.format import Nacha
from smarthub.kernel.money import Money
from smarthub.kernel.sealing import Sealer, new_key
from smarthub.payments.models import SentEntry
from smarthub.payments.operations import (
    NewBankAccount,
    begin_payment,
    store_bank_account,
)
from smarthub.payments.ports import BankAccountKind, EntryClass
from smarthub.payments.types import BANK_FILE, FileRow, MethodId, Part, Payment, PaymentId
from smarthub.workflows.bank.bank_files import (
    preview_returns,
    send_bank_file,
    settle_bank_entries,
    take_returns,
)
from tests.cast import NOW, TODAY, Cast
from tests.integrations.nacha.files import COOP, sent_back

NUMBER = "123456789012"
ACCOUNT = NewBankAccount(
    routing="021000021",
    number=NUMBER,
    kind=BankAccountKind.CHECKING,
    name="Maria Alvarez",
    entry_class=EntryClass.PPD,
)
NACHA = Nacha()
DAY = dt.timedelta(days=1)
PROVED = NOW + 5 * DAY
"""Friday 27 November: asked on Monday the 23rd, then Tuesday, Wednesday and Friday passed."""
SETTLED = PROVED + 3 * DAY
"""Monday 30 November: the banking day after Friday, on which the debit is booked."""


def offer_own_files(*, since: dt.date = TODAY) -> None:
    """Let the co-op hand in files of its own from a day on."""
    for key, value in (
        ("own_origination.offered", True),
        ("own_origination.originator", asdict(COOP)),
    ):
        set_policy(key=key, value=value, effective_from=since, author="tests", now=NOW)


@dataclass
class Bank:
    """Hands in files for the co-op, and brings back what the members' banks say."""

    cast: Cast
    sealer: Sealer = field(default_factory=lambda: Sealer([new_key()]))

    def store(self, account: NewBankAccount = ACCOUNT) -> MethodId:
        offer_own_files()
        method, _is_new = store_bank_account(
            account=account,
            person_id=self.cast.maria.person_id,
            on=TODAY,
            sealer=self.sealer,
            now=NOW,
        )
        return method

    def begin(
        self,
        method: MethodId,
        cents: int,
        *,
        payment_id: uuid.UUID | None = None,
        now: dt.datetime = PROVED,
        channel: str = "web",
    ) -> None:
        begin_payment(
            payment=self.payment(method, cents, payment_id=payment_id, now=now, channel=channel),
            gateway="sandbox",
            maximum=Money(1_000_00),
            allow_credit=True,
            now=now,
        )

    def payment(
        self,
        method: MethodId,
        cents: int,
        *,
        payment_id: uuid.UUID | None = None,
        now: dt.datetime = NOW,
        channel: str = "web",
    ) -> Payment:
        return Payment(
            id=PaymentId(payment_id or uuid.uuid4()),
            channel=channel,
            parts=(Part(self.cast.account_1001, "1001", Money(cents)),),
            received_at=now,
            clearing=f"clearing:{BANK_FILE}:ach",
            person_id=self.cast.maria.person_id,
            method_id=method,
        )

    def send(self, now: dt.datetime) -> bytes:
        _, content = send_bank_file(
            user_id=self.cast.dana.user.pk, layout=NACHA, sealer=self.sealer, now=now
        )
        return content

    def draw(self, cents: int) -> uuid.UUID:
        """Store an account, ask it, draw on it, and let the day come on which it is booked."""
        payment_id = uuid.uuid4()
        method = self.store()
        self.send(NOW)
        self.begin(method, cents, payment_id=payment_id)
        self.send(PROVED)
        settle_bank_entries(on=SETTLED.date(), now=SETTLED)
        return payment_id

    def trace(self) -> str:
        """Return the trace of the newest entry."""
        return SentEntry.objects.order_by("-pk")[0].trace

    def hear(self, content: bytes) -> list[FileRow]:
        return take_returns(
            user_id=self.cast.dana.user.pk,
            name="returns.ach",
            content=content,
            layout=NACHA,
            sealer=self.sealer,
            now=SETTLED,
        )

    def preview(self, content: bytes) -> list[FileRow]:
        return preview_returns(
            user_id=self.cast.dana.user.pk, content=content, layout=NACHA, now=SETTLED
        )

    def say(self, code: str, cents: int = 0, told: str = "", trace: str = "") -> bytes:
        """Return a file in which a bank says this of the newest entry."""
        about = trace or self.trace()
        return sent_back((code, about, cents, told), changed=code.startswith("C"))
