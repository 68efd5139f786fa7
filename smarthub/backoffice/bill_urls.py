"""The addresses of billing on the desk, under ``/desk/bills/``."""

from __future__ import annotations

import datetime as dt

from django.urls import path, register_converter

from smarthub.backoffice.views import (
    bills,
    certificates,
    districts,
    invoices,
    messages,
    prints,
    runs,
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
    path("runs/", runs.runs, name="desk_runs"),
    path(RUN, runs.run, name="desk_run"),
    path(f"{RUN}start/", runs.start_run, name="desk_run_start"),
    path(f"{RUN}progress/", runs.run_progress, name="desk_run_progress"),
    path(f"{RUN}again/", runs.draft_again, name="desk_run_again"),
    path(f"{RUN}write/", runs.run_question, {"act": runs.APPROVE}, name="desk_run_write"),
    path(f"{RUN}drop/", runs.run_question, {"act": runs.DROP}, name="desk_run_drop"),
    path(f"{RUN}print/", prints.print_batch, name="desk_print"),
    path(f"{RUN}print/progress/", prints.print_progress, name="desk_print_progress"),
    path(f"{RUN}print/start/", prints.start_print, name="desk_print_start"),
    path(f"{RUN}print/<plain:name>", prints.print_file, name="desk_print_file"),
    path(ACCOUNT, bills.draft, name="desk_draft"),
    path(f"{ACCOUNT}hold/", bills.hold, name="desk_draft_hold"),
    path(f"{ACCOUNT}estimate/", bills.estimate, name="desk_draft_estimate"),
    path(f"{ACCOUNT}release/", bills.release, name="desk_draft_release"),
    path("differences/", bills.differences, name="desk_differences"),
    path("differences/<int:difference>/leave/", bills.leave, name="desk_difference_leave"),
    path("accounts/<plain:number>/today/", bills.single, name="desk_bill_single"),
    path("accounts/<plain:number>/invoice/", invoices.invoice, name="desk_invoice"),
    path(CERTIFICATES, certificates.certificates, name="desk_tax_certificates"),
    path(
        f"{CERTIFICATES}<int:certificate>/end/",
        certificates.certificate_end,
        name="desk_tax_certificate_end",
    ),
    path(
        f"{CERTIFICATES}<int:certificate>/copy/",
        certificates.certificate_proof,
        name="desk_tax_certificate_copy",
    ),
    path(
        "accounts/<plain:number>/districts/",
        districts.districts,
        name="desk_tax_districts",
    ),
    path("certificates/", certificates.running_out, name="desk_certificates_running_out"),
    path("messages/", messages.bill_messages, name="desk_bill_messages"),
    path("messages/new/", messages.bill_message_new, name="desk_bill_message_new"),
    path("messages/<int:number>/", messages.bill_message, name="desk_bill_message"),
    path("<plain:bill_number>/", bills.bill, name="desk_bill"),
    path("<plain:bill_number>/correct/", bills.correct, name="desk_bill_correct"),
]
