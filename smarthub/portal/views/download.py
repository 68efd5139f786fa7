"""Use as a file: the days a member chooses, as a spreadsheet or as Green Button XML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from smarthub.accounts.access import open_account
from smarthub.portal.forms.downloads import DownloadForm
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.templatetags.downloads import metered_services
from smarthub.usage.ports import UsageFormat
from smarthub.usage.types import UsageExport
from smarthub.wiring.usage_formats import GREEN_BUTTON, usage_format
from smarthub.workflows.usage.export_usage import NothingMetered, export_usage

PIECE = 65_536
"""Characters sent at once, about: each piece costs the server a round."""


@require_GET
@login_required
def download_usage(request: MemberRequest, number: str) -> HttpResponseBase:
    """Hand out the file asked for, while it is made; without one, or with errors, the form."""
    today = local_today(request)
    account = open_account(user_id=request.user.pk, number=number, on=today)
    form = DownloadForm(metered_services(account), request.GET or None, today=today)
    if form.is_valid():
        try:
            export = export_usage(
                account_id=account.id,
                period=form.period(),
                zone=request.cooperative.zone,
                point_number=form.cleaned_data["point"] or None,
                gas_in_therms=form.cleaned_data["file"] == GREEN_BUTTON,
            )
        except NothingMetered:
            form.add_error("first", _("You had no such service on these days. Choose others."))
        else:
            if export.has_reads:
                layout = usage_format(form.cleaned_data["file"])
                return _file(export, layout, f"usage-{number}-{form.days_in_name()}")
            form.add_error("first", _("There are no readings for these days. Choose others."))
    return render(request, "portal/download.html", {"account": account, "form": form})


def _file(export: UsageExport, layout: UsageFormat, name: str) -> StreamingHttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.{layout.suffix}")
    return StreamingHttpResponse(
        _in_pieces(layout.write(export)),
        content_type=f"{layout.media_type}; charset=utf-8",
        headers={"Content-Disposition": disposition or "attachment"},
    )


def _in_pieces(texts: Iterable[str]) -> Iterator[bytes]:
    """Yield the same text in fewer, larger pieces."""
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= PIECE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()
