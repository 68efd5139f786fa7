"""Pages for tax certificates: those of an account, a copy of one, its end, and what runs out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.billing.operations.certificates import (
    CertificateHasNoDays,
    CertificateKnown,
    ProofNotReadable,
    kind_of,
)
from smarthub.billing.types import NewCertificate
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.workflows.rates.tax_certificates import (
    CertificatesPage,
    end_certificate,
    get_certificate,
    list_running_out,
    open_certificates,
    read_proof,
    record_certificate,
)

REASONS: Mapping[str, Promise] = {
    "government": gettext_lazy("Government"),
    "church": gettext_lazy("Church"),
    "school": gettext_lazy("School"),
    "resale": gettext_lazy("Buys to sell on"),
    "other": gettext_lazy("Another reason in law"),
}
STATES: Mapping[str, Promise] = {
    "in_force": gettext_lazy("In force"),
    "ahead": gettext_lazy("Not yet in force"),
    "over": gettext_lazy("Over"),
}
KINDS = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg"}
ONE_DAY = dt.timedelta(days=1)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class CertificateForm(forms.Form):
    """A certificate, and a copy of its paper."""

    reason = forms.ChoiceField(label=gettext_lazy("Why no tax is owed"), choices=REASONS)
    number = forms.CharField(
        label=gettext_lazy("Number on the certificate"),
        max_length=60,
        error_messages={"required": gettext_lazy("Copy the number from the certificate.")},
    )
    taxes = forms.MultipleChoiceField(
        label=gettext_lazy("Which taxes"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one tax.")},
    )
    starts_on = _day(gettext_lazy("First day"))
    last_day = _day(
        gettext_lazy("Last day"), help_text=gettext_lazy("From the day after it, tax is charged.")
    )
    proof = forms.FileField(
        label=gettext_lazy("Copy of the certificate"),
        help_text=gettext_lazy("A PDF or a photo (PNG, JPEG), up to 2 MB."),
        error_messages={
            "required": gettext_lazy("Choose the scan or photo of the certificate."),
            "empty": gettext_lazy("The file is empty; choose another."),
        },
    )

    def __init__(self, *args: Any, taxes: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the taxes of the account's rates."""
        super().__init__(*args, **kwargs)
        choice = self.fields["taxes"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 (for type checkers)
        choice.choices = taxes

    def clean_proof(self) -> bytes:
        """Read the copy, and say at once if it cannot be kept."""
        proof = bytes(self.cleaned_data["proof"].read())
        try:
            kind_of(proof=proof)
        except ProofNotReadable as error:
            raise forms.ValidationError(
                gettext("This is no PDF, PNG or JPEG of up to 2 MB. Choose another file.")
            ) from error
        return proof

    def clean(self) -> dict[str, Any]:
        """Refuse days that run backwards."""
        given = super().clean() or {}
        start, last = given.get("starts_on"), given.get("last_day")
        if start and last and last < start:
            self.add_error("last_day", gettext("This is before the first day. Choose a later day."))
        return given

    def certificate(self) -> NewCertificate:
        """Return what was filled in; call it on a valid form."""
        given = self.cleaned_data
        return NewCertificate(
            reason=given["reason"],
            number=given["number"],
            taxes=tuple(given["taxes"]),
            starts_on=given["starts_on"],
            ends_on=given["last_day"] + ONE_DAY,
            proof=given["proof"],
        )


class EndForm(forms.Form):
    """The end of a certificate before its time."""

    last_day = _day(gettext_lazy("Last day it holds"))
    reason = forms.CharField(
        label=gettext_lazy("Why it ends"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say in a few words why it ends.")},
    )


@require_http_methods(["GET", "POST"])
@for_staff
def certificates(request: StaffRequest, number: str) -> HttpResponse:
    """Show an account's certificates; record another."""
    page = _page(request, number)
    language = reading_language()
    sent = request.method == "POST"
    form = CertificateForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        taxes=[(code, name.in_language(language)) for code, name in page.taxes],
    )
    if form.is_valid():
        try:
            record_certificate(
                user_id=request.user.pk,
                account_number=number,
                certificate=form.certificate(),
                now=now(),
            )
        except CertificateKnown:
            form.add_error(
                "number", gettext("This certificate is on file already, from the same first day.")
            )
        else:
            messages.success(request, gettext("The certificate is on file. Bills follow it."))
            return SeeOther(reverse("desk_tax_certificates", args=[number]))
    context = {**_shown(page, local_today(request)), "form": form}
    status = 400 if form.errors else 200
    return show(request, "backoffice/certificates.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_staff
def certificate_end(request: StaffRequest, number: str, certificate: int) -> HttpResponse:
    """Ask for the last day of a certificate, and end it."""
    held = get_certificate(
        user_id=request.user.pk, account_number=number, number=certificate, now=now()
    )
    form = EndForm(request.POST or None)
    if form.is_valid():
        try:
            end_certificate(
                user_id=request.user.pk,
                account_number=number,
                number=certificate,
                now=now(),
                **form.cleaned_data,
            )
        except CertificateHasNoDays:
            form.add_error("last_day", gettext("Choose a day while the certificate holds."))
        else:
            messages.success(request, gettext("The certificate ends on that day."))
            return SeeOther(reverse("desk_tax_certificates", args=[number]))
    context = {"number": number, "held": held, "form": form}
    status = 400 if form.errors else 200
    return show(request, "backoffice/certificate_end.html", context, status=status)


@require_GET
@for_staff
def certificate_proof(request: StaffRequest, number: str, certificate: int) -> HttpResponse:
    """Hand out the copy that is on file."""
    name, content = read_proof(
        user_id=request.user.pk, account_number=number, number=certificate, now=now()
    )
    response = HttpResponse(content, content_type=KINDS[name.removeprefix("certificate")])
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_GET
@for_staff
def running_out(request: StaffRequest) -> HttpResponse:
    """List the certificates that run out soon."""
    rows = [(row, REASONS[row.reason]) for row in list_running_out(on=local_today(request))]
    return show(request, "backoffice/certificates_running_out.html", {"rows": rows})


def _page(request: StaffRequest, number: str) -> CertificatesPage:
    return open_certificates(
        user_id=request.user.pk, account_number=number, on=local_today(request), now=now()
    )


def _shown(page: CertificatesPage, today: dt.date) -> dict[str, Any]:
    language = reading_language()
    names = {code: name.in_language(language) for code, name in page.taxes}
    return {
        "account": page.account,
        "rows": [
            {
                "held": held,
                "reason": REASONS[held.reason],
                "state": STATES[held.state_on(today)],
                "taxes": [names.get(code, code) for code in held.taxes],
                "may_end": not held.ended_because and held.ends_on > today,
            }
            for held in page.certificates
        ],
    }
