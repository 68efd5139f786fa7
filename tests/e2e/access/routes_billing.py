"""The desk's pages for bill runs and bills, and the states they are visited in."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.shown import Route, Shown

FOR_STAFF = "the states of a run, for staff; a member's states stand on the bill itself"
RUN = "/desk/bills/runs/C2/2024-12-01/"
CERTIFICATES = "/desk/bills/accounts/2015/certificates/"
DISTRICTS = "/desk/bills/accounts/2015/districts/"
WRITTEN = "/desk/bills/runs/C1/2024-12-01/"


def _hold_without_reason(page: Page) -> None:
    page.locator("input[name=reason]").evaluate("field => field.required = false")
    _press(page, "form[action$='/hold/'] button")


def _look_once_more(page: Page) -> None:
    _press(page, "main form[method=post] button.button")


def _put_nothing_on_bills(page: Page) -> None:
    form = page.locator("form:has(button[value=save])")
    form.evaluate("form => { form.noValidate = true }")
    _press(page, "button[value=save]")


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def _invoice_without_words(page: Page) -> None:
    page.fill("[name=amount_1]", "180.00")
    _press(page, "main form[method=post] button.button")


def _put_nothing_on_file(page: Page) -> None:
    _press(page, "form[enctype] button.button")


def _fill_invoice(page: Page) -> None:
    page.fill("[name=en_1]", "Damaged meter")
    page.fill("[name=es_1]", "Medidor dañado")
    _invoice_without_words(page)


def _record_without_a_day(page: Page) -> None:
    _press(page, "main form[method=post] button.button")


BILLING_ROUTES = (
    Route("desk_runs", (Shown("one", "clerk", "/desk/bills/runs/"),), fewer=FOR_STAFF),
    Route(
        "desk_run",
        (Shown("one", "clerk", RUN), Shown("forty", "clerk", WRITTEN)),
        fewer=FOR_STAFF,
    ),
    Route("desk_run_write", (Shown("one", "clerk", f"{RUN}write/"),), fewer=FOR_STAFF),
    Route("desk_run_drop", (Shown("one", "clerk", f"{RUN}drop/"),), fewer=FOR_STAFF),
    Route("desk_print", (Shown("one", "clerk", f"{WRITTEN}print/"),), fewer=FOR_STAFF),
    Route(
        "desk_draft",
        (
            Shown("one", "clerk", f"{RUN}accounts/2004/"),
            Shown("empty", "clerk", f"{WRITTEN}accounts/2001/"),
            Shown("error", "clerk", f"{RUN}accounts/2004/", _hold_without_reason, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_bill",
        (
            Shown("one", "clerk", "/desk/bills/2001-241201/"),
            Shown("forty", "clerk", "/desk/bills/2040-241201/"),
            Shown("estimated", "clerk", "/desk/bills/2008-241201/"),
            Shown("million", "clerk", "/desk/bills/2007-241201/"),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_bill_correct",
        (
            Shown("one", "clerk", "/desk/bills/2001-241201/correct/"),
            Shown("second look", "clerk", "/desk/bills/2001-241201/correct/", _look_once_more),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_bill_single",
        (
            Shown("one", "clerk", "/desk/bills/accounts/2015/today/"),
            Shown("empty", "clerk", "/desk/bills/accounts/3001/today/"),
            Shown("error", "clerk", "/desk/bills/accounts/2001/today/"),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_invoice",
        (
            Shown("one", "clerk", "/desk/bills/accounts/2015/invoice/"),
            Shown(
                "error",
                "clerk",
                "/desk/bills/accounts/2015/invoice/",
                _invoice_without_words,
                status=400,
            ),
            Shown("second look", "clerk", "/desk/bills/accounts/2015/invoice/", _fill_invoice),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_tax_certificates",
        (
            Shown("one", "clerk", CERTIFICATES),
            Shown("empty", "clerk", "/desk/bills/accounts/2001/certificates/"),
            Shown("error", "clerk", CERTIFICATES, _put_nothing_on_file, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_tax_certificate_end",
        (Shown("one", "clerk", f"{CERTIFICATES}1/end/"),),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_tax_districts",
        (
            Shown("one", "clerk", DISTRICTS),
            Shown("empty", "clerk", "/desk/bills/accounts/2001/districts/"),
            Shown("error", "clerk", DISTRICTS, _record_without_a_day, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_certificates_running_out",
        (Shown("one", "clerk", "/desk/bills/certificates/"),),
        fewer=FOR_STAFF,
    ),
    Route("desk_bill_messages", (Shown("one", "clerk", "/desk/bills/messages/"),), fewer=FOR_STAFF),
    Route(
        "desk_bill_message_new",
        (
            Shown("empty", "clerk", "/desk/bills/messages/new/"),
            Shown("error", "clerk", "/desk/bills/messages/new/", _put_nothing_on_bills, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_bill_message", (Shown("one", "clerk", "/desk/bills/messages/1/"),), fewer=FOR_STAFF
    ),
    Route(
        "bill_message",
        (Shown("one", "one", "/bills/messages/1/"),),
        fewer="a message and what it means; the states of an account stand on the bill",
    ),
    Route(
        "desk_differences", (Shown("one", "clerk", "/desk/bills/differences/"),), fewer=FOR_STAFF
    ),
)
BILLING_NO_PAGES = {
    "desk_run_progress": "a part of desk_run, asked for by itself",
    "desk_run_start": "takes a form only, and leads to the run",
    "desk_print_progress": "a part of desk_print, asked for by itself",
    "desk_print_start": "takes a form only, and leads back to desk_print",
    "desk_print_file": "hands out a file",
    "desk_run_again": "takes a form only, and leads back to the run",
    "desk_draft_hold": "takes a form only; its error is a state of the draft",
    "desk_draft_estimate": "takes a form only, and leads back to the draft",
    "desk_draft_release": "takes a form only, and leads back to the run",
    "desk_tax_certificate_copy": "hands out a file",
    "desk_difference_leave": "takes a form only, and leads back",
}
