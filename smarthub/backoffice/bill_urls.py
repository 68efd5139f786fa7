"""The addresses of billing on the desk, under ``/desk/bills/``."""

from __future__ import annotations

import datetime as dt

from django.urls import path, register_converter

from smarthub.backoffice import (
    bill_views,
    certificate_views,
    district_views,
    invoice_views,
    message_views,
    print_views,
    run_views,
)


class DayConverter:
    """A local day in an address: ``2026-11-07``; anything else is no such page."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        """Read it.

        Raises:
            ValueError: there is no such day.
        """
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date | str) -> str:
        """Write it."""
        return str(value)


class PlainConverter:
    """A cycle's code, an account's number or a bill's number in an address."""

    regex = "[A-Za-z0-9.-]{1,40}"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it is."""
        return value


register_converter(DayConverter, "day")
register_converter(PlainConverter, "plain")

RUN = "runs/<plain:cycle>/<day:day>/"
ACCOUNT = f"{RUN}accounts/<plain:number>/"
CERTIFICATES = "accounts/<plain:number>/certificates/"

urlpatterns = [
    path("runs/", run_views.runs, name="desk_runs"),
    path(RUN, run_views.run, name="desk_run"),
    path(f"{RUN}start/", run_views.start_run, name="desk_run_start"),
    path(f"{RUN}progress/", run_views.run_progress, name="desk_run_progress"),
    path(f"{RUN}again/", run_views.draft_again, name="desk_run_again"),
    path(f"{RUN}write/", run_views.run_question, {"act": run_views.APPROVE}, name="desk_run_write"),
    path(f"{RUN}drop/", run_views.run_question, {"act": run_views.DROP}, name="desk_run_drop"),
    path(f"{RUN}print/", print_views.print_batch, name="desk_print"),
    path(f"{RUN}print/progress/", print_views.print_progress, name="desk_print_progress"),
    path(f"{RUN}print/start/", print_views.start_print, name="desk_print_start"),
    path(f"{RUN}print/<plain:name>", print_views.print_file, name="desk_print_file"),
    path(ACCOUNT, bill_views.draft, name="desk_draft"),
    path(f"{ACCOUNT}hold/", bill_views.hold, name="desk_draft_hold"),
    path(f"{ACCOUNT}estimate/", bill_views.estimate, name="desk_draft_estimate"),
    path(f"{ACCOUNT}release/", bill_views.release, name="desk_draft_release"),
    path("differences/", bill_views.differences, name="desk_differences"),
    path("differences/<int:difference>/leave/", bill_views.leave, name="desk_difference_leave"),
    path("accounts/<plain:number>/today/", bill_views.single, name="desk_bill_single"),
    path("accounts/<plain:number>/invoice/", invoice_views.invoice, name="desk_invoice"),
    path(CERTIFICATES, certificate_views.certificates, name="desk_tax_certificates"),
    path(
        f"{CERTIFICATES}<int:certificate>/end/",
        certificate_views.certificate_end,
        name="desk_tax_certificate_end",
    ),
    path(
        f"{CERTIFICATES}<int:certificate>/copy/",
        certificate_views.certificate_proof,
        name="desk_tax_certificate_copy",
    ),
    path(
        "accounts/<plain:number>/districts/",
        district_views.districts,
        name="desk_tax_districts",
    ),
    path("certificates/", certificate_views.running_out, name="desk_certificates_running_out"),
    path("messages/", message_views.bill_messages, name="desk_bill_messages"),
    path("messages/new/", message_views.bill_message_new, name="desk_bill_message_new"),
    path("messages/<int:number>/", message_views.bill_message, name="desk_bill_message"),
    path("<plain:bill_number>/", bill_views.bill, name="desk_bill"),
    path("<plain:bill_number>/correct/", bill_views.correct, name="desk_bill_correct"),
]
