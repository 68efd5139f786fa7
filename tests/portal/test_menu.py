"""Which entry of the menu a page stands under."""

from __future__ import annotations

from smarthub.portal.context import PAGES_OF
from smarthub.portal.urls import urlpatterns

NO_MENU = {
    *("ahead", "due", "usage_data", "set_language", "gateway_events"),  # asked by a page, no page
    *("phone_look_up", "phone_result"),  # asked by the phone company's system
    *("accept_invitation", "bill_over_time", "pay_card", "pay_due", "usage_pin"),  # lead on
    *("bill_pdf", "bills_csv", "bills_zip", "pay_receipt_pdf"),  # files
    *("brand_sheet", "icon", "logo", "manifest", "service_worker"),  # the shell
    *("guest", "invitation", "invited_sign_in", "link", "link_review", "pay_form"),  # for anybody
    *("components", "components_confirm", "offline", "outbox"),  # of no member
}


def _names() -> set[str]:
    return {str(name) for each in urlpatterns if (name := getattr(each, "name", None))}


def test_each_page_stands_under_one_entry() -> None:
    placed = [name for names in PAGES_OF.values() for name in names]

    assert len(placed) == len(set(placed))
    assert _names() - set(placed) - NO_MENU == set()
    assert NO_MENU - _names() == set()
