"""Which tables hold something of a person, how their rows are found, and which stay here and why.

It reads rows of every package by name, which nothing else does: what a person may take away is
one list, so that nothing can be forgotten in a corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Found:
    """By which lookups rows are a person's: their own, of accounts they hold, by number, by login.

    More than one lookup: a row found by any of them. ``once`` for rows that several others name.
    """

    person: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    once: bool = False


EXPORTED: Final = {
    "members.Person": Found(person=("pk",)),
    "members.PersonEvent": Found(person=("pgh_obj",)),
    "members.User": Found(person=("person",)),
    "members.UserEvent": Found(person=("person",)),
    "members.Contact": Found(person=("person",)),
    "members.ContactEvent": Found(person=("person",)),
    "members.MailingAddress": Found(person=("person",)),
    "members.MailingAddressEvent": Found(person=("person",)),
    "members.Membership": Found(person=("holders__person",), once=True),
    "members.MembershipHolder": Found(person=("person",)),
    "members.Consent": Found(person=("person",)),
    "accounts.Account": Found(account=("pk",)),
    "accounts.AccountAlias": Found(account=("account",)),
    "accounts.AccountRole": Found(person=("person",)),
    "accounts.AccountRoleEvent": Found(person=("person",)),
    "accounts.Invitation": Found(person=("invited_by", "accepted_by")),
    "accounts.ServiceAgreement": Found(account=("account",)),
    "accounts.ServicePoint": Found(account=("agreements__account",), once=True),
    "accounts.Premise": Found(account=("service_points__agreements__account",), once=True),
    "accounts.PremiseDistrict": Found(
        account=("premise__service_points__agreements__account",), once=True
    ),
    "accounts.Claim": Found(user=("user",)),
    "usage.UsageNote": Found(account=("account",)),
    "usage.UsageNoteEnd": Found(account=("note__account",)),
    "billing.Bill": Found(account=("account",)),
    "billing.BillSegment": Found(account=("bill__account",)),
    "billing.BillLine": Found(account=("segment__bill__account",)),
    "billing.BillCancellation": Found(account=("bill__account",)),
    "billing.BillDifference": Found(account=("bill__account",)),
    "billing.ContractFact": Found(account=("agreement__account",)),
    "billing.TaxCertificate": Found(account=("account",)),
    "billing.TaxCertificateEnd": Found(account=("certificate__account",)),
    "ledger.Entry": Found(account=("postings__account",), once=True),
    "ledger.PostingRow": Found(account=("account",)),
    "ledger.AskedChange": Found(account=("account",)),
    "ledger.Allocation": Found(account=("charge_entry__postings__account",), once=True),
    "payments.StoredMethod": Found(person=("person",)),
    "payments.Payment": Found(person=("person",)),
    "payments.PaymentPart": Found(person=("payment__person",), account=("account",)),
    "payments.Attempt": Found(person=("payment__person",)),
    "payments.AttemptEvent": Found(person=("attempt__payment__person",)),
    "payments.ChargeFact": Found(person=("attempt__payment__person",)),
    "payments.FactPart": Found(account=("account",)),
    "payments.Fee": Found(account=("account",)),
    "payments.Refund": Found(person=("attempt__payment__person",), account=("account",)),
    "payments.RefundEvent": Found(person=("refund__attempt__payment__person",)),
    "payments.PaymentMove": Found(person=("payment__person",)),
    "payments.PaymentNote": Found(person=("payment__person",)),
    "payments.ScheduledPayment": Found(person=("person",)),
    "payments.ScheduledPart": Found(person=("scheduled__person",), account=("account",)),
    "payments.PresentedAgain": Found(person=("scheduled__person",)),
    "payments.ScheduledEnd": Found(person=("scheduled__person",)),
    "payments.BankAccount": Found(person=("method__person",)),
    "payments.Tender": Found(account=("payment__parts__account",), once=True),
    "payments.PhoneHandOff": Found(account=("account",)),
    "payments.PhoneEvent": Found(account=("hand_off__account",)),
    "payments.Undoing": Found(account=("payment__parts__account",), once=True),
    "payments.UndoingPart": Found(account=("account",)),
    "auto_pay.AutoPayPlan": Found(account=("account",)),
    "auto_pay.PlanEvent": Found(account=("plan__account",)),
    "auto_pay.AutoPayDraft": Found(account=("account",)),
    "auto_pay.DraftEvent": Found(account=("draft__account",)),
    "auto_pay.DraftTry": Found(account=("draft__account",)),
    "auto_pay.SignUpCredit": Found(account=("account",)),
    "auto_pay.CreditEnd": Found(account=("credit__account",)),
    "auto_pay.Proposal": Found(account=("account",)),
    "auto_pay.ProposalRefusal": Found(account=("proposal__account",)),
    "arrears.Hold": Found(account=("account",)),
    "arrears.Pledge": Found(account=("account",)),
    "arrears.PledgePart": Found(account=("pledge__account",)),
    "arrears.PledgeEnd": Found(account=("pledge__account",)),
    "arrears.Process": Found(account=("account",)),
    "arrears.StepTaken": Found(account=("process__account",)),
    "arrears.FeeWaiver": Found(account=("fee__account",)),
    "arrears.Arrangement": Found(account=("account",)),
    "arrears.Instalment": Found(account=("arrangement__account",)),
    "arrears.ArrangementEnd": Found(account=("arrangement__account",)),
    "arrears.LowIncome": Found(account=("account",)),
    "arrears.ArrangementOffer": Found(account=("account",)),
    "arrears.WriteOff": Found(account=("account",)),
    "arrears.WriteOffEnd": Found(account=("write_off__account",)),
    "arrears.Placement": Found(account=("write_off__account",)),
    "arrears.PlacementEnd": Found(account=("placement__write_off__account",)),
    "arrears.Recovery": Found(account=("placement__write_off__account",)),
    "arrears.RecoveryEnd": Found(account=("recovery__placement__write_off__account",)),
    "round_up.RoundUpChoice": Found(account=("account",)),
    "deposits.Deposit": Found(account=("account",)),
    "deposits.DepositPart": Found(account=("deposit__account",)),
    "deposits.WaiverEnd": Found(account=("deposit__account",)),
    "deposits.DepositInterest": Found(account=("deposit__account",)),
    "deposits.DepositClosing": Found(account=("deposit__account",)),
    "usersessions.UserSession": Found(user=("user",)),
    "notifications.Message": Found(person=("person",)),
    "notifications.DeliveryTry": Found(person=("message__person",)),
    "notifications.ContactNote": Found(number=("account_number",)),
    "notifications.SuspiciousReport": Found(person=("person",)),
    "account.EmailAddress": Found(user=("user",)),
}
"""Every table that goes into the file, and which of its rows."""

WORKING = "work in progress of a bill run: what came of it is among the bills"
SECRET = "opens a sign-in: handing it out would let its finder in"  # noqa: S105 (a reason)
STAFFS = "what staff did, and says whom they worked for; what was changed is in the history"

LEFT_OUT: Final = {
    "billing.BillException": WORKING,
    "billing.BillDraft": WORKING,
    "billing.BillHold": WORKING,
    "payments.MethodSetup": "a visit to the card form: what came of it is among the methods",
    "rating.PreviewedBill": "what a bill would be under rates staff try out; no bill was made",
    "payments.RefundDecision": STAFFS,
    "arrears.HoldEnd": STAFFS,
    "arrears.Agency": "the co-op's list of agencies: it is nobody's",
    "arrears.AgencyEnd": STAFFS,
    "arrears.LowIncomeEnd": STAFFS,
    "arrears.AgencyFile": "a file for a collection agency; each debt in it is in the file",
    "auto_pay.CreditProgramme": STAFFS,
    "payments.SuspenseMatch": STAFFS,
    "payments.MoneyFile": STAFFS,
    "payments.MoneyFileRow": "a line of a bank's or a lockbox's file; the payment is in the file",
    "payments.EntryReversal": STAFFS,
    "payments.SentEntry": "how a bank was asked for a payment; the payment is in the file",
    "payments.Explanation": STAFFS,
    "payments.SettlementLine": "how the gateway paid the co-op; the payment is in the file",
    "notifications.WaitingMessage": "when a message is tried again; the message is in the file",
    "notifications.ReportStep": STAFFS,
    "members.AuditEntry": STAFFS,
    "accounts.Sweep": "an alarm about an address that tried many account numbers, not a person",
    "account.EmailConfirmation": SECRET,
    "mfa.Authenticator": SECRET,
    "pghistory.MiddlewareEvents": "a view of the history tables, which are in the file",
}
"""Every table with a way to a person or an account that stays here, and why."""

HIDDEN_COLUMNS: Final = frozenset(
    {
        *("password", "token", "digest", "request_digest", "login_name", "session_key"),
        *("search_name", "search_address", "pgh_context", "pgh_context_id", "picture"),
        "proof",
        *("sealed_number", "routing"),
    }
)
"""Columns that open something, or say again what another one says."""
