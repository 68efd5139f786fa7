"""What is said of drafts to come: the days on which the cycle bills, and on which they are due."""

from __future__ import annotations

import datetime as dt

from smarthub.accounts.models import Account, ServiceAgreement
from smarthub.billing.operations import add_cycle
from smarthub.kernel.text import Text
from smarthub.workflows.auto_pay.set_up_auto_pay import offer_auto_pay
from smarthub.workflows.bills.bill_single import write_single_bill
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from tests.billing.village import FIRST_BILL, SECOND_BILL, read
from tests.cast import Cast
from tests.workflows.auto_pay.test_auto_pay import noon
from tests.workflows.closing import close

MIDDLE = dt.date(2024, 11, 14)


def expected(cast: Cast, on: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return the day of each bill to come of account 1001, and that of its draft."""
    offer = offer_auto_pay(user_id=cast.maria.user.pk, number="1001", on=on)
    return [(each.bill_date, each.draft_on) for each in offer.expected]


def read_in_the_middle() -> None:
    for serial, value in (("PR00000001", "950"), ("PR00000002", "75"), ("PR00000003", "7")):
        read(serial, MIDDLE, value)


def test_a_bill_made_by_itself_does_not_move_the_days_of_the_cycle(village: Cast) -> None:
    close()
    before = expected(village, MIDDLE)
    read_in_the_middle()
    write_single_bill(
        user_id=village.dana.user.pk, account_number="1001", on=MIDDLE, now=noon(MIDDLE)
    )

    assert expected(village, MIDDLE) == before
    assert before == [
        (SECOND_BILL, dt.date(2024, 12, 23)),  # due on the 22nd, a Sunday
        (dt.date(2025, 1, 1), dt.date(2025, 1, 22)),
        (dt.date(2025, 2, 1), dt.date(2025, 2, 24)),
    ]


def test_on_a_bill_day_its_own_bill_is_the_first_until_it_is_made(village: Cast) -> None:
    close()

    assert expected(village, SECOND_BILL)[0][0] == SECOND_BILL
    assert expected(village, FIRST_BILL)[0][0] == SECOND_BILL


def test_a_due_day_of_the_next_month_is_that_day_in_every_month(village: Cast) -> None:
    add_cycle(code="C2", name=Text("Second", "Segundo"), bill_day=14, due_day=5)
    Account.objects.filter(number="1001").update(cycle_code="C2")
    read_in_the_middle()
    close_billing_cycle(cycle_code="C2", bill_date=MIDDLE, now=noon(MIDDLE))

    assert expected(village, dt.date(2024, 11, 20)) == [
        (dt.date(2024, 12, 14), dt.date(2025, 1, 6)),  # due on the 5th, a Sunday
        (dt.date(2025, 1, 14), dt.date(2025, 2, 5)),
        (dt.date(2025, 2, 14), dt.date(2025, 3, 7)),  # the 5th would leave 19 days
    ]


def test_nothing_is_expected_after_the_bill_in_which_the_last_service_ends(village: Cast) -> None:
    close()
    ServiceAgreement.objects.filter(account__number="1001").update(ends_on=dt.date(2024, 11, 20))

    assert [bill for bill, _ in expected(village, MIDDLE)] == [SECOND_BILL]
