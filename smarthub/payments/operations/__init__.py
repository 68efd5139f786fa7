"""Every write of payments. What is written first survives a crash; what is known is only added."""

from __future__ import annotations

from smarthub.payments.operations.aftermath import (
    charge_fee,
    record_charge_state,
)
from smarthub.payments.operations.corrections import (
    AlreadyMatched,
    CardNumberWritten,
    MovedOntoItself,
    NothingToMove,
    NothingWritten,
    match_suspense,
    move_payment,
    park_in_suspense,
    write_note,
)
from smarthub.payments.operations.exceptions import (
    NoExplanation,
    close_mended,
    explain_exception,
    find_exception,
)
from smarthub.payments.operations.inbox import (
    keep_event,
    record_outcome,
)
from smarthub.payments.operations.methods import (
    finish_setup,
    remove_method,
    start_setup,
)
from smarthub.payments.operations.paying import (
    AccountUnknown,
    MethodGone,
    MoreThanDue,
    NothingToPay,
    PaymentConflict,
    begin_payment,
    digest_of,
    record_answer,
    record_received_payments,
)
from smarthub.payments.operations.posting import (
    Credit,
    Debit,
    cover_shortfalls,
    post_credits,
    post_debits,
    post_payments,
    receivables_of,
)
from smarthub.payments.operations.refunds import (
    AlreadyDecided,
    NotRefundable,
    RefundConflict,
    RefundTooLarge,
    SecondPersonNeeded,
    ask_refund,
    begin_refund,
    decide_refund,
    record_refund_answer,
)
from smarthub.payments.operations.settlements import (
    find_unanswered,
    find_unsettled,
    record_settlement,
)

__all__ = [
    "AccountUnknown",
    "AlreadyDecided",
    "AlreadyMatched",
    "CardNumberWritten",
    "Credit",
    "Debit",
    "MethodGone",
    "MoreThanDue",
    "MovedOntoItself",
    "NoExplanation",
    "NotRefundable",
    "NothingToMove",
    "NothingToPay",
    "NothingWritten",
    "PaymentConflict",
    "RefundConflict",
    "RefundTooLarge",
    "SecondPersonNeeded",
    "ask_refund",
    "begin_payment",
    "begin_refund",
    "charge_fee",
    "close_mended",
    "cover_shortfalls",
    "decide_refund",
    "digest_of",
    "explain_exception",
    "find_exception",
    "find_unanswered",
    "find_unsettled",
    "finish_setup",
    "keep_event",
    "match_suspense",
    "move_payment",
    "park_in_suspense",
    "post_credits",
    "post_debits",
    "post_payments",
    "receivables_of",
    "record_answer",
    "record_charge_state",
    "record_outcome",
    "record_received_payments",
    "record_refund_answer",
    "record_settlement",
    "remove_method",
    "start_setup",
    "write_note",
]
