"""Is it really the co-op? Check a message by its code, and report what seems suspicious.

Open to everybody: whoever doubts a message may not have a sign-in, or not trust the link to it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from smarthub.kernel.errors import Refused
from smarthub.portal.fields import PlainField
from smarthub.portal.language import fill_again
from smarthub.portal.limits import is_within_limits
from smarthub.portal.message_topics import topic_of
from smarthub.portal.refusals import say_refusal
from smarthub.portal.requests import MemberRequest
from smarthub.wiring.clock import now
from smarthub.workflows.messages.genuine_contact import check_message, report_suspicious

LONGEST_TEXT = 4000


class CheckForm(forms.Form):
    """The code of a message."""

    code = forms.CharField(label=_("The code of the message, such as 7KQM-R4TX"), max_length=40)


class ReportForm(forms.Form):
    """What came, from where, and if wanted a picture of it."""

    report_id = forms.UUIDField(widget=forms.HiddenInput)
    way = forms.ChoiceField(
        label=_("What came"),
        choices=[
            ("call", _("A phone call")),
            ("email", _("An e-mail")),
            ("text", _("A text message")),
            ("letter", _("A letter")),
            ("visit", _("Somebody at the door")),
        ],
    )
    came_from = PlainField(
        label=_("The number or address it came from"), max_length=254, required=False
    )
    text = PlainField(
        label=_("What was said or written"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("In your own words, or copied. Leave out card and bank numbers."),
    )
    picture = forms.FileField(
        label=_("A picture of it (if you have one)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_("PNG, JPEG, WebP or GIF, up to 8 MB. We keep only what can be seen on it."),
    )
    answer_to = PlainField(
        label=_("Where may we answer you? (if you like)"), max_length=254, required=False
    )


@require_http_methods(["GET", "POST"])
def check(request: MemberRequest) -> HttpResponse:
    """Say whether a message with this code was sent, when and about what."""
    form = CheckForm(request.POST or None)
    fill_again(form, request)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        if not is_within_limits(request, "check_message"):
            return render(request, "429.html", status=429)
        found = check_message(code=form.cleaned_data["code"], user_id=request.user.pk)
        context |= {"asked": True, "found": found}
        context["topic"] = topic_of(found.template) if found else ""
    return render(request, "portal/check.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def report(request: MemberRequest) -> HttpResponse:
    """Take a report, with its picture drawn anew."""
    form = ReportForm(request.POST or None, request.FILES or None, initial={"report_id": uuid4()})
    fill_again(form, request)
    if form.is_valid():
        if not is_within_limits(request, "report_suspicious"):
            return render(request, "429.html", status=429)
        try:
            _keep(request, form.cleaned_data)
        except Refused as refusal:
            form.add_error("picture", say_refusal(refusal))
        else:
            messages.success(
                request,
                gettext(
                    "Thank you. Somebody at the co-op looks at it. Answer nothing else they send."
                ),
            )
            return redirect("check")
    status = 400 if form.errors else 200
    return render(request, "portal/report.html", {"form": form}, status=status)


def _keep(request: MemberRequest, sent: dict[str, Any]) -> None:
    report_id: UUID = sent["report_id"]
    picture = sent["picture"]
    report_suspicious(
        report_id=report_id,
        user_id=request.user.pk,
        way=sent["way"],
        came_from=sent["came_from"],
        text=sent["text"],
        answer_to=sent["answer_to"],
        picture=picture.read() if picture else None,
        now=now(),
    )
