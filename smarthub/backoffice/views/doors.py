"""The desk's pages of money by other doors: the counter with its drawer, and the bank's files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smarthub.backoffice.forms.arrears import offer_agencies
from smarthub.backoffice.forms.doors import DOORS, FILES, TENDERS, MoneyFileForm, TakeForm
from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.views.sent_files import hand_over
from smarthub.backoffice.words import doors as door_words
from smarthub.backoffice.words import money as money_words
from smarthub.kernel.errors import Conflict, ExpectedError, Refused, Unavailable
from smarthub.payments.types import FileRow, PaymentOutcome, TenderKind
from smarthub.ui.formats import say_money
from smarthub.wiring.bank_files import (
    AGENCY_FILES,
    BANK_FILES,
    CASH_FILES,
    COLLECTION_FILES,
    LOCKBOX_FILES,
    bank_sealer,
)
from smarthub.wiring.clock import now
from smarthub.workflows.bank import bank_files, entries_back
from smarthub.workflows.debts import pledges
from smarthub.workflows.money import other_doors
from smarthub.workflows.money.other_doors import Received


@require_http_methods(["GET", "POST"])
@for_staff
def counter(request: StaffRequest) -> HttpResponse:
    """Show today's drawer; sent back, show whose account it is; sent back once more, take money."""
    form = TakeForm(request.POST if request.method == "POST" else None)
    agencies = pledges.list_agencies(user_id=request.user.pk)
    offer_agencies(form, agencies)
    if form.is_valid() and "change" not in request.POST:
        try:
            if "sure" not in request.POST:
                return _ask_if_sure(request, form)
            outcome = _take(request, form)
        except (Refused, Conflict) as refused:
            form.add_error(None, money_words.say_refusal(refused))
        else:
            said = gettext("%(amount)s is booked. Receipt %(receipt)s.")
            values = {"amount": say_money(outcome.amount), "receipt": outcome.receipt_number}
            messages.success(request, said % values)
            return SeeOther(reverse("desk_counter"))
    drawer = other_doors.open_drawer(user_id=request.user.pk, on=local_today(request))
    context = {
        "form": form,
        "drawer": drawer,
        "has_agencies": any(not each.is_ended for each in agencies),
        "lines": [(line, TENDERS[line.tender]) for line in drawer.lines],
        "sums": [(TENDERS[kind], count, amount) for kind, count, amount in drawer.sums],
    }
    return show(
        request, "backoffice/money/counter.html", context, status=400 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@for_staff
def files(request: StaffRequest) -> HttpResponse:
    """Show the bank's files; sent back, show what one would come to, or take it in."""
    sent = request.method == "POST"
    form = MoneyFileForm(request.POST if sent else None, request.FILES if sent else None)
    is_taking = request.POST.get("act") == "take"
    rows: list[FileRow] | None = None
    if form.is_valid():
        try:
            rows = _read(request, form, is_taking=is_taking)
        except (Refused, Conflict, Unavailable) as refused:
            form.add_error("file", door_words.say_file_refused(refused))
    given = bank_files.list_money_files(user_id=request.user.pk)
    context = {
        "form": form,
        "rows": [(row, *door_words.OUTCOMES[row.outcome]) for row in rows or ()],
        "shown": rows is not None,
        "is_taking": is_taking,
        "parked": sum(row.outcome.is_parked for row in rows or ()),
        "given": [(each, FILES[each.kind]) for each in given],
        "made": entries_back.list_sent_files(user_id=request.user.pk),
        "sends": request.cooperative.policies.get("own_origination.offered", False),
    }
    return show(request, "backoffice/money/files.html", context, status=400 if form.errors else 200)


@require_GET
@for_staff
def file(request: StaffRequest, file_id: int) -> HttpResponse:
    """Show a file given before, how far it is, and what each of its rows came to."""
    given, rows = bank_files.open_money_file(user_id=request.user.pk, file_id=file_id)
    context = {
        "given": given,
        "kind": FILES[given.kind],
        "rows": [(row, *door_words.OUTCOMES[row.outcome]) for row in rows],
    }
    return show(request, "backoffice/money/file.html", context)


@require_POST
@for_staff
def send_file(request: StaffRequest) -> HttpResponse:
    """Make the file for the bank of everything that waits, and hand it over."""
    try:
        file_id, content = bank_files.send_bank_file(
            user_id=request.user.pk, layout=BANK_FILES, sealer=bank_sealer(), now=now()
        )
    except ExpectedError as refused:
        messages.error(request, door_words.say_file_refused(refused))
        return SeeOther(reverse("desk_money_files"))
    return hand_over(file_id, content)


def _ask_if_sure(request: StaffRequest, form: TakeForm) -> HttpResponse:
    received = _received(form)
    looked = other_doors.look_at_money(received=received, user_id=request.user.pk, now=now())
    context = {
        "form": form,
        "looked": looked,
        "holders": ", ".join(looked.holders),
        "received": received,
        "tender": TENDERS[received.tender],
        "door": DOORS[received.channel],
    }
    return show(request, "backoffice/money/counter_sure.html", context)


def _take(request: StaffRequest, form: TakeForm) -> PaymentOutcome:
    return other_doors.take_money(received=_received(form), user_id=request.user.pk, now=now())


def _received(form: TakeForm) -> Received:
    values = form.cleaned_data
    return Received(
        key=values["key"],
        account_number=values["account"].strip(),
        amount=values["amount"],
        channel=values["door"],
        tender=TenderKind(values["tender"]),
        reference=values["reference"],
        agency=values["agency"],
    )


def _read(request: StaffRequest, form: MoneyFileForm, *, is_taking: bool) -> list[FileRow]:
    given, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
    user_id, content = request.user.pk, given.read()
    if is_taking:
        return TAKES[kind](user_id, given.name[:120], content)
    return LOOKS[kind](user_id, content)


LOOKS: Mapping[str, Callable[[int, bytes], list[FileRow]]] = {
    "returns": lambda user_id, content: bank_files.preview_returns(
        user_id=user_id, content=content, layout=BANK_FILES, now=now()
    ),
    "lockbox": lambda user_id, content: bank_files.preview_lockbox(
        user_id=user_id, content=content, layout=LOCKBOX_FILES, now=now()
    ),
    "cash": lambda user_id, content: bank_files.preview_cash(
        user_id=user_id, content=content, layout=CASH_FILES, now=now()
    ),
    "agency": lambda user_id, content: bank_files.preview_agency(
        user_id=user_id, content=content, layout=AGENCY_FILES, now=now()
    ),
    "collect": lambda user_id, content: bank_files.preview_collected(
        user_id=user_id, content=content, layout=COLLECTION_FILES, now=now()
    ),
}
"""What a file of each kind would come to."""

TAKES: Mapping[str, Callable[[int, str, bytes], list[FileRow]]] = {
    "returns": lambda user_id, name, content: bank_files.take_returns(
        user_id=user_id,
        name=name,
        content=content,
        layout=BANK_FILES,
        sealer=bank_sealer(),
        now=now(),
    ),
    "lockbox": lambda user_id, name, content: bank_files.take_lockbox(
        user_id=user_id, name=name, content=content, layout=LOCKBOX_FILES, now=now()
    ),
    "cash": lambda user_id, name, content: bank_files.take_cash(
        user_id=user_id, name=name, content=content, layout=CASH_FILES, now=now()
    ),
    "agency": lambda user_id, name, content: bank_files.take_agency(
        user_id=user_id, name=name, content=content, layout=AGENCY_FILES, now=now()
    ),
    "collect": lambda user_id, name, content: bank_files.take_collected(
        user_id=user_id, name=name, content=content, layout=COLLECTION_FILES, now=now()
    ),
}
"""Take a file of each kind in."""
