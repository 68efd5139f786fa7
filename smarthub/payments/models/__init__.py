"""Rows of payments, stored methods and attempts.

No card number is ever here; a bank account's only where the co-op hands in files itself, sealed.
"""

from __future__ import annotations

from smarthub.payments.models.aftermath import (
    ChargeFact,
    FactPart,
    Fee,
    Refund,
    RefundDecision,
    RefundEvent,
)
from smarthub.payments.models.bank import (
    BankAccount,
    EntryReversal,
    SentBankFile,
    SentEntry,
)
from smarthub.payments.models.corrections import (
    PaymentMove,
    PaymentNote,
    SuspenseItem,
    SuspenseMatch,
)
from smarthub.payments.models.exceptions import (
    Explanation,
    MoneyException,
)
from smarthub.payments.models.gateway import (
    InboxEvent,
    InboxResult,
    Settlement,
    SettlementLine,
)
from smarthub.payments.models.methods import (
    MethodSetup,
    StoredMethod,
)
from smarthub.payments.models.paying import (
    Attempt,
    AttemptEvent,
    Payment,
    PaymentPart,
)
from smarthub.payments.models.phone import PhoneEvent, PhoneHandOff
from smarthub.payments.models.received import (
    MoneyFile,
    MoneyFileRow,
    Tender,
    Undoing,
    UndoingPart,
)
from smarthub.payments.models.scheduling import (
    PresentedAgain,
    ScheduledEnd,
    ScheduledPart,
    ScheduledPayment,
)

__all__ = [
    "Attempt",
    "AttemptEvent",
    "BankAccount",
    "ChargeFact",
    "EntryReversal",
    "Explanation",
    "FactPart",
    "Fee",
    "InboxEvent",
    "InboxResult",
    "MethodSetup",
    "MoneyException",
    "MoneyFile",
    "MoneyFileRow",
    "Payment",
    "PaymentMove",
    "PaymentNote",
    "PaymentPart",
    "PhoneEvent",
    "PhoneHandOff",
    "PresentedAgain",
    "Refund",
    "RefundDecision",
    "RefundEvent",
    "ScheduledEnd",
    "ScheduledPart",
    "ScheduledPayment",
    "SentBankFile",
    "SentEntry",
    "Settlement",
    "SettlementLine",
    "StoredMethod",
    "SuspenseItem",
    "SuspenseMatch",
    "Tender",
    "Undoing",
    "UndoingPart",
]
