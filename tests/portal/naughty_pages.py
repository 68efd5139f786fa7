"""Each form of the house on the page it stands on: who fills it in, and with what besides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from smarthub.accounts.models import Invitation
from smarthub.portal.invitation_session import OPENED
from tests.portal.rosa.tables import Things

KEY = "7d1d2a3e-0b2f-4a57-9b1f-3e6f0a1c9d11"
NO_ROWS = b"nothing\n"


def _nothing(_client: Client, _things: Things) -> None:
    """Do nothing first."""


@dataclass(frozen=True)
class Page:
    """A page with one form, and where what was written is read afterwards.

    ``forms`` are the classes that are filled in there, as ``module.Class`` below ``smarthub``.
    ``shown`` names the fields whose words are read at ``shown_at``, where that is not where the
    form leads. ``first`` brings the browser to the page.
    """

    address: str
    forms: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=dict)
    who: str = "maria"
    shown: tuple[str, ...] = ()
    shown_at: str = ""
    first: Callable[[Client, Things], Any] = _nothing
    off_because: str = ""
    """Why the form does not stand on the page as it is here, so that no reason can be read."""


def _claim(client: Client, _things: Things) -> None:
    client.post("/register/", {"number": "0000-9999", "name": "Lindgren", "email": ""})


def _code(address: str) -> Callable[[Client, Things], None]:
    def ask(client: Client, _things: Things) -> None:
        client.post(address, {"email": "maria@prairieridge.example"})

    return ask


def _opened(channel: str) -> Callable[[Client, Things], None]:
    """Have the session remember an invitation by a channel, as after its code was typed."""

    def remember(client: Client, things: Things) -> None:
        Invitation.objects.filter(number=things["invitation"]).update(channel=channel)
        session = client.session
        session[OPENED] = things["invitation"]
        session.save()
        client.cookies["sessionid"] = str(session.session_key)

    return remember


def _file(name: str = "reads.csv", content: bytes = NO_ROWS) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


DAY = dt.date(2024, 12, 2).isoformat()
ADDRESS = {
    "street": "PO Box 9",
    "city": "Willow Bend",
    "state": "IL",
    "postal_code": "61000",
}
INVITE = {"name": "Ana", "role": "viewer", "channel": "email", "email": "a@ridge.example"}
WORDS = {"title_en": "News", "title_es": "Avisos", "text_en": "For you.", "text_es": "Para usted."}
NEWS = {**WORDS, "more_en": "", "more_es": "", "audience": "all", "starts_on": DAY, "last_day": DAY}
SETTINGS, ENTRY = "portal.settings.forms", "portal.sign_in.forms"
MONEY, DOORS, BILLS = "backoffice.forms.money", "backoffice.forms.doors", "backoffice.forms.bills"
INVOICE = {"key": KEY, "en_1": "A pole", "es_1": "Un poste", "amount_1": "10.00"}

MEMBERS = (
    Page("/register/", ("portal.registration.forms.RegisterForm",), {"number": "1"}, who=""),
    Page("/register/", ("portal.forms.which_account.AddAccountForm",), {"number": "1"}),
    Page("/register/code/", ("portal.registration.forms.CodeForm",), who="", first=_claim),
    Page("/pay/guest/", ("portal.forms.guests.GuestForm",), who=""),
    Page("/accounts/login/", (f"{ENTRY}.SignInForm",), {"password": "x"}, who=""),
    Page("/accounts/login/code/", (f"{ENTRY}.RequestCodeForm",), who=""),
    Page("/accounts/password/reset/", (f"{ENTRY}.ResetForm",), who=""),
    Page(
        "/accounts/login/code/confirm/",
        (f"{ENTRY}.SignInCodeForm",),
        who="",
        first=_code("/accounts/login/code/"),
    ),
    Page("/settings/profile/name/", (f"{SETTINGS}.CalledForm",), shown=("called",)),
    Page(
        "/settings/profile/address/",
        (f"{SETTINGS}.AddressForm",),
        ADDRESS,
        shown=("street", "unit", "city"),
    ),
    Page("/settings/contacts/email/", (f"{SETTINGS}.NewEmailForm",), shown=("value",)),
    Page("/settings/contacts/phone/", (f"{SETTINGS}.NewPhoneForm",), {"agreed": "on"}),
    Page("/settings/contacts/{new_contact}/", (f"{SETTINGS}.CodeForm",), {"code": ""}),
    Page(
        "/settings/accounts/1001/name/",
        (f"{SETTINGS}.NicknameForm",),
        shown=("nickname",),
    ),
    Page(
        "/settings/users/1001/invite/",
        (f"{SETTINGS}.InviteForm",),
        {**INVITE, "language": "en", "last_day": "", "lines": ""},
        shown=("name",),
    ),
    Page("/accounts/confirm-it-is-you/", ("portal.sign_in.step_up.CodeForm",), {"code": ""}),
    Page("/check/", ("portal.views.genuine.CheckForm",), who=""),
    Page(
        "/check/report/",
        ("portal.views.genuine.ReportForm",),
        {"report_id": KEY, "way": "call", "text": "He asked.", "answer_to": "", "came_from": ""},
        shown=("came_from", "text", "answer_to"),
        shown_at=f"/desk/reports/{KEY}/",
    ),
    Page(
        "/usage/1001/E1001/notes/",
        ("portal.forms.usage.NoteForm",),
        {"key": KEY, "first_day": "2024-10-28", "last_day": "2024-10-28"},
        shown=("text",),
    ),
    Page("/pay/methods/{card}/", ("portal.forms.payments.MethodForm",), shown=("name",)),
    Page(
        "/invitations/{invitation}/sign-in/",
        (f"{SETTINGS}.InvitedForm",),
        {"given_name": "Ana", "family_name": "Ruiz", "password": "x", "how": "password"},
        who="",
        first=_opened("email"),
    ),
    Page(
        "/invitations/{invitation}/sign-in/",
        (f"{SETTINGS}.InvitedContactForm",),
        who="",
        first=_opened("letter"),
    ),
    Page("/pay/", ("portal.forms.payments.ChooseAmountsForm",), {"pay_1001": "on", "when": "now"}),
)
NOTHING_LATE = "offered only where something is late, and nothing is here"
DESK = (
    Page(
        "/desk/reports/{report}/",
        ("backoffice.views.genuine.StepForm",),
        {"state": "ours"},
        who="dana",
        shown=("note",),
    ),
    Page(
        "/desk/accounts/1001/note/",
        ("backoffice.views.genuine.NoteForm",),
        {"way": "call", "by_us": "us", "minutes_ago": "1"},
        who="dana",
        shown=("about",),
    ),
    Page(
        "/desk/payments/{payment}/",
        (f"{MONEY}.NoteForm",),
        {"act": "note"},
        who="dana",
        shown=("text",),
    ),
    Page(
        "/desk/payments/{payment}/",
        (f"{MONEY}.RefundForm",),
        {"act": "refund", "refund_id": KEY, "account": "1001", "amount": "1.00", "reason": "Twice"},
        who="dana",
    ),
    Page(
        "/desk/payments/{payment}/",
        (f"{MONEY}.MoveForm",),
        {"act": "move", "move_id": KEY, "from_account": "1001", "to_account": "1002"},
        who="dana",
        off_because="offered for a payment that stands; this one is still asked about",
    ),
    Page(
        "/desk/payments/{payment}/",
        (f"{DOORS}.UndoForm",),
        {"act": "undo", "because": "bounced"},
        who="dana",
    ),
    Page(
        "/desk/money/suspense/",
        (f"{MONEY}.ParkForm",),
        {"source_id": KEY, "amount": "1.00", "channel": "mail", "received_on": "2024-11-01"},
        who="dana",
        shown=("told",),
    ),
    Page(
        "/desk/money/counter/",
        (f"{DOORS}.TakeForm",),
        {
            "key": KEY,
            "account": "1001",
            "amount": "1.00",
            "tender": "check",
            "door": "office",
            "reference": "17",
            "sure": "1",
        },
        who="dana",
    ),
    Page(
        "/desk/money/arrears/1001/",
        ("backoffice.forms.arrears.HoldForm",),
        {"act": "hold", "kind": "medical"},
        who="dana",
    ),
    Page(
        "/desk/money/arrears/1001/",
        ("backoffice.forms.arrears.PledgeForm",),
        {"act": "pledge", "pledge_id": KEY, "agency": "HELP", "amount": "1.00"},
        who="dana",
        shown=("reference",),
    ),
    Page(
        "/desk/money/arrears/1001/",
        ("backoffice.forms.arrears.LowIncomeForm",),
        {"act": "income", "last_day": "2099-12-31"},
        who="dana",
        shown=("how",),
    ),
    Page(
        "/desk/money/agencies/",
        ("backoffice.forms.arrears.AgencyForm",),
        {"act": "add", "kind": "assistance", "name": "Energy Assistance", "code": "LIHEAP"},
        who="dana",
        shown=("name",),
    ),
    Page(
        "/desk/money/arrears/1001/",
        ("backoffice.forms.arrears.WaiveForm",),
        {"act": "waive", "source_key": "x", "reason": "y"},
        who="dana",
    ),
    Page(
        "/desk/money/arrears/1001/",
        ("backoffice.forms.deposits.DepositForm",),
        {
            "act": "deposit",
            "deposit_id": KEY,
            "expected_year": "600.00",
            "ground": "no_history",
            "event_on": DAY,
            "instalments": "1",
            "reason": "New",
        },
        who="dana",
        shown=("reason",),
    ),
    Page(
        "/desk/money/arrears/1001/",
        ("backoffice.forms.arrears.ArrangementForm",),
        {"act": "arrange", "arrangement_id": KEY, "months": "3", "first_due": DAY},
        who="dana",
        off_because=NOTHING_LATE,
    ),
    Page(
        "/desk/money/arrears/1001/",
        ("backoffice.forms.arrears.OfferForm",),
        {"act": "offered"},
        who="dana",
        off_because=NOTHING_LATE,
    ),
    Page(
        "/desk/money/arrears/1001/",
        ("backoffice.forms.arrears.WriteOffForm",),
        {"act": "write_off", "write_off_id": KEY},
        who="dana",
        off_because=NOTHING_LATE,
    ),
    Page(
        "/desk/bills/accounts/1001/certificates/{certificate}/end/",
        ("backoffice.views.certificates.EndForm",),
        {"last_day": "2000-01-01"},
        who="dana",
    ),
    Page(
        "/desk/money/auto-pay/",
        ("backoffice.views.auto_pay.ProgrammeForm",),
        {"programme_id": KEY, "amount": "5.00", "starts_on": DAY, "services": ["electric"]},
        who="dana",
    ),
    Page(
        "/desk/money/policies/late_fee.percent/",
        ("backoffice.views.policies.PolicyForm",),
        {"value": "2", "effective_from": DAY, "source_note": "Board"},
        who="dana",
    ),
    Page(
        "/desk/reads/files/",
        ("backoffice.views.imports.FileForm",),
        {"key": KEY, "profile": "green_button", "file": _file("x.xml")},
        who="dana",
    ),
    Page(
        "/desk/rates/new/",
        ("backoffice.forms.tariffs.DraftForm",),
        who="dana",
        shown=("text",),
    ),
    Page(
        "/desk/rates/solar/",
        ("backoffice.views.solar.BlocksForm",),
        {"act": "blocks", "blocks": "1", "effective_from": DAY},
        who="dana",
        off_because="stands where a rate has a shared array",
    ),
    Page(
        "/desk/bills/messages/new/",
        ("backoffice.forms.messages.MessageForm",),
        NEWS,
        who="dana",
        shown=("title_en",),
    ),
    Page(
        "/desk/bills/{bill}/correct/",
        (f"{BILLS}.CorrectForm",),
        {"reason": "read", "what": "rebill"},
        who="dana",
    ),
    Page("/desk/bills/accounts/1001/invoice/", (f"{BILLS}.InvoiceForm",), INVOICE, who="dana"),
    Page(
        "/desk/bills/accounts/1001/certificates/",
        ("backoffice.views.certificates.CertificateForm",),
        {
            "reason": "church",
            "taxes": "state_tax",
            "starts_on": DAY,
            "last_day": "2025-12-02",
            "proof": _file("copy.pdf", b"%PDF-1.7"),
        },
        who="dana",
    ),
)
PAGES = (*MEMBERS, *DESK)

ALONE = {
    "portal.sign_in.recovery_codes.SecondStepForm": "stands behind a password",
    "portal.sign_in.recovery_codes.SecondStepAgainForm": "stands before something that matters",
    "portal.sign_in.forms.ResetCodeForm": "stands behind a code that was sent",
    "portal.sign_in.forms.RenamePasskeyForm": "stands behind a passkey",
    "portal.registration.forms.OtherContactForm": "stands behind a proof",
    "portal.forms.auto_pay.AutoPayForm": "stands behind a card",
    "portal.forms.bank_accounts.BankAccountForm": "stands where the co-op hands in own bank files",
    "backoffice.forms.bills.HoldForm": "stands on a bill of a run under review",
    "backoffice.forms.bills.TakeBackForm": "stands on a one-time invoice",
    "backoffice.views.phone.PhoneForm": "stands where a phone company is signed up",
    "backoffice.forms.reads.DecisionForm": "stands on a day of reads that failed a check",
}
"""Forms whose fields are tried by themselves, and what their page would need."""

WITHOUT_WORDS = {
    "backoffice.views.auto_pay.EndForm": "a day",
    "backoffice.views.districts.DistrictForm": "choices and a day",
    "backoffice.views.solar.MonthForm": "a choice, a day and a number",
    "backoffice.forms.doors.MoneyFileForm": "a file, and what it is of",
    "backoffice.forms.sent_files.EntriesBackForm": "a reason of a list, and a count",
    "backoffice.forms.tariffs.PublishForm": "a day, and a box to tick",
    "portal.forms.downloads.DownloadForm": "days and choices",
    "portal.forms.payments.ReviewForm": "what was shown, sent back",
    "portal.forms.guests.LinkAmountForm": "an amount, added when it is made; read as on /pay/",
    "portal.registration.forms.SetUpForm": "choices and a password, which its own rules judge",
    "portal.settings.forms.BillFormatForm": "a choice",
    "portal.sign_in.step_up.WhereForm": "a choice",
    "portal.forms.usage.DaysForm": "days",
    "ui.examples.ExampleForm": "an example of the parts; nothing is sent",
}
"""Forms in which nobody writes words, and what they hold."""
