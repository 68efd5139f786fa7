"""The desk's pages of files made for the bank: their entries, the file, and what is to go back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smarthub.backoffice.forms.sent_files import EntriesBackForm
from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words import doors as door_words
from smarthub.backoffice.words import sent_files as words
from smarthub.kernel.errors import Conflict, NotVisible, Refused, Unavailable
from smarthub.payments.types import ReversalReason
from smarthub.wiring.bank_files import BANK_FILES, bank_sealer
from smarthub.wiring.clock import now
from smarthub.workflows.bank import bank_files, entries_back

LONGEST_NUMBER = 18
"""Digits of an entry's number at the most: more do not fit into a column."""


@require_GET
@for_staff
def sent_file(request: StaffRequest, file_id: int) -> HttpResponse:
    """Show the entries of a file made for the bank; ``?after=`` shows the ones that follow."""
    found = entries_back.open_sent_file(
        user_id=request.user.pk,
        file_id=file_id,
        on=local_today(request),
        after=_number(request.GET.get("after")) or 0,
    )
    lines = [(each, words.KINDS[each.kind], *words.STANDS[each.stands]) for each in found.entries]
    return show(request, "backoffice/money/sent_file.html", {"found": found, "lines": lines})


@require_POST
@for_staff
def draw_again(request: StaffRequest, file_id: int) -> HttpResponse:
    """Hand over a file made before, the same to the last character."""
    try:
        content = bank_files.draw_bank_file_again(
            user_id=request.user.pk,
            file_id=file_id,
            layout=BANK_FILES,
            sealer=bank_sealer(),
            now=now(),
        )
    except (Refused, Conflict, Unavailable) as refused:
        messages.error(request, door_words.say_file_refused(refused))
        return SeeOther(reverse("desk_sent_file", args=[file_id]))
    return hand_over(file_id, content)


def hand_over(file_id: int, content: bytes) -> HttpResponse:
    """Answer with a file for the bank, kept in no browser's cache."""
    response = HttpResponse(content, content_type="text/plain; charset=us-ascii")
    response.headers["Content-Disposition"] = f'attachment; filename="bank-{file_id}.ach"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@for_staff
def take_back(request: StaffRequest, file_id: int) -> HttpResponse:
    """Show what taking ``?entry=`` back, or all of a file, comes to; sent back, ask for it."""
    entry_id = _number(request.GET.get("entry"))
    form = EntriesBackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            asked = _ask(request, form, file_id, entry_id)
        except (Refused, Conflict) as refused:
            form.add_error(None, words.say_refusal(refused))
        else:
            messages.success(request, asked)
            return SeeOther(reverse("desk_sent_file", args=[file_id]))
    proposal = entries_back.propose_back(
        user_id=request.user.pk, file_id=file_id, entry_id=entry_id, on=local_today(request)
    )
    context = {
        "form": form,
        "proposal": proposal,
        "left": [(count, words.WHY_NOT[because]) for because, count in proposal.left.items()],
        "is_one": entry_id is not None,
    }
    status = 400 if form.errors else 200
    return show(request, "backoffice/money/take_back.html", context, status=status)


def _ask(request: StaffRequest, form: EntriesBackForm, file_id: int, entry_id: int | None) -> str:
    count = entries_back.ask_back(
        user_id=request.user.pk,
        file_id=file_id,
        entry_id=entry_id,
        shown=form.cleaned_data["shown"],
        reason=ReversalReason(form.cleaned_data["reason"]),
        now=now(),
    )
    return ngettext(
        "%(count)s payment goes back with the next bank file. Make that file today.",
        "%(count)s payments go back with the next bank file. Make that file today.",
        count,
    ) % {"count": count}


def _number(text: str | None) -> int | None:
    """Return the number an address names, if it names one.

    Raises:
        NotVisible: it is none that an entry can have.
    """
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_NUMBER:
        raise NotVisible
    return int(text)
