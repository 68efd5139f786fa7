"""What the desk says of policies about money: their names, their values, why one was refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from smarthub.cooperative.catalogue import Kind, Rule, Topic
from smarthub.kernel.errors import Refused
from smarthub.kernel.money import Money
from smarthub.ui.formats import say_money

TOPICS: Mapping[Topic, Promise] = {
    Topic.PAYING: gettext_lazy("Fees for paying"),
    Topic.LATE: gettext_lazy("Being late"),
    Topic.RETURNED: gettext_lazy("Returned payments"),
    Topic.REFUND: gettext_lazy("Refunds"),
    Topic.DEPOSIT: gettext_lazy("Deposits"),
    Topic.ARREARS: gettext_lazy("The way to a disconnection"),
    Topic.AUTO_PAY: gettext_lazy("Auto Pay"),
    Topic.PLEDGE: gettext_lazy("Pledges of agencies"),
    Topic.ARRANGEMENT: gettext_lazy("Payment arrangements"),
    Topic.WINTER: gettext_lazy("Winter"),
    Topic.WRITE_OFF: gettext_lazy("Debts that are written off"),
    Topic.ROUND_UP: gettext_lazy("Operation Round-Up"),
}

NAMES: Mapping[str, tuple[Promise, Promise]] = {
    "payment_fee.card_cents": (
        gettext_lazy("Fee for paying by card, flat part"),
        gettext_lazy("Agreed to before paying; never on Auto Pay. $0.00 for none."),
    ),
    "payment_fee.card_percent": (
        gettext_lazy("Fee for paying by card, percent"),
        gettext_lazy("Of what is paid, added to the flat part. 0 for none."),
    ),
    "payment_fee.bank_cents": (
        gettext_lazy("Fee for paying from a bank account"),
        gettext_lazy("Agreed to before paying; never on Auto Pay. $0.00 for none."),
    ),
    "bill.delinquent_after_days": (
        gettext_lazy("Days of grace"),
        gettext_lazy("So many days after the due date a payment is still in time."),
    ),
    "late_fee.percent": (
        gettext_lazy("Late fee, percent"),
        gettext_lazy("Of what is overdue for services, once for each due date. 0 for none."),
    ),
    "late_fee.flat_cents": (
        gettext_lazy("Late fee, flat part"),
        gettext_lazy("Added to the percentage. $0.00 for none."),
    ),
    "late_fee.minimum_cents": (
        gettext_lazy("Late fee, at least"),
        gettext_lazy("A smaller fee becomes this one, but never more than is overdue."),
    ),
    "late_fee.maximum_cents": (
        gettext_lazy("Late fee, at most"),
        gettext_lazy("$0.00 for no bound."),
    ),
    "late_fee.excluded_accounts": (
        gettext_lazy("Accounts without late fees"),
        gettext_lazy("Account numbers, apart by commas."),
    ),
    "fee.nsf_cents": (
        gettext_lazy("Fee for a returned payment"),
        gettext_lazy("When a bank returns a payment for want of money. $0.00 for none."),
    ),
    "returned.most_in_a_year": (
        gettext_lazy("Returned payments before guaranteed funds"),
        gettext_lazy(
            "So many within 12 months, and the account is paid by card or cash for the next 12. "
            "0 for never."
        ),
    ),
    "returned.present_again_most": (
        gettext_lazy("Returned payments presented again, at most"),
        gettext_lazy(
            "So often a member's payment by bank account that came back for want of money is taken "
            "once more, told before. 0 for never. Auto Pay has tries of its own."
        ),
    ),
    "returned.present_again_days": (
        gettext_lazy("Days until a returned payment is presented again"),
        gettext_lazy("From its return, and then on a day on which banks move money."),
    ),
    "refund.second_person_above_cents": (
        gettext_lazy("Refund that needs a second person"),
        gettext_lazy("A larger one waits until a colleague allows it."),
    ),
    "deposit.months_of_charges": (
        gettext_lazy("Deposit, months of charges"),
        gettext_lazy("Of a year's expected charges: 2 months are a sixth."),
    ),
    "deposit.minimum_cents": (
        gettext_lazy("Deposit, at least"),
        gettext_lazy("A smaller deposit becomes this one."),
    ),
    "deposit.most_months": (
        gettext_lazy("Deposit, at most in months of charges"),
        gettext_lazy("Holds against the smallest deposit too: 2 months are a sixth of a year."),
    ),
    "deposit.notice_days": (
        gettext_lazy("Days in which a deposit may be asked for"),
        gettext_lazy("Counted from what it is asked for, such as a new service."),
    ),
    "deposit.days_to_pay": (
        gettext_lazy("Days to pay a deposit"),
        gettext_lazy("From its notice to the day it, or its first part, is due."),
    ),
    "deposit.most_instalments": (
        gettext_lazy("Parts of a deposit"),
        gettext_lazy("In so many monthly parts it may be paid. 1: all of it at once."),
    ),
    "deposit.waived_with_auto_pay": (
        gettext_lazy("No deposit with Auto Pay"),
        gettext_lazy(
            "While Auto Pay is on, a deposit that is not paid in full is not asked for. If this "
            "becomes no, or Auto Pay ends, it is asked for again with a new notice."
        ),
    ),
    "deposit.interest_percent": (
        gettext_lazy("Interest on deposits"),
        gettext_lazy("Percent a year, simple."),
    ),
    "deposit.clean_months": (
        gettext_lazy("Months paid in time before a deposit goes back"),
        gettext_lazy("Counted from the day it was paid."),
    ),
    "auto_pay.days_before_due": (
        gettext_lazy("Days before the due date"),
        gettext_lazy("So many days before it Auto Pay takes a bill. 0 for the due date itself."),
    ),
    "auto_pay.before_closed_days": (
        gettext_lazy("Where banks are closed that day, take it before"),
        gettext_lazy("Yes: on the last day banks are open before it. No: on the next one."),
    ),
    "auto_pay.takes_up_to_limit": (
        gettext_lazy("Take a bill above a member's limit up to the limit"),
        gettext_lazy(
            "Yes: the rest is to be paid by hand. No: the member is asked, and without an answer "
            "nothing is taken. Holds for who agrees from then on."
        ),
    ),
    "auto_pay.failed_bills": (
        gettext_lazy("Failed bills before Auto Pay stops trying"),
        gettext_lazy("So many bills in a row that could not be drafted suspend it."),
    ),
    "arrears.reminder_days": (
        gettext_lazy("Reminder"),
        gettext_lazy("Days before the due date. 0 for none."),
    ),
    "arrears.past_due_days": (
        gettext_lazy("Word that a bill is past due"),
        gettext_lazy("Days after the due date."),
    ),
    "arrears.notice_days": (
        gettext_lazy("Notice of disconnection"),
        gettext_lazy("Days after the due date."),
    ),
    "arrears.notice_period_days": (
        gettext_lazy("Days from the notice to the disconnection"),
        gettext_lazy("At least 5 where it is handed over, 8 where it is mailed."),
    ),
    "arrears.threshold_cents": (
        gettext_lazy("Debt below which nothing is disconnected"),
        gettext_lazy("Paying down to it stops a disconnection at once."),
    ),
    "arrears.latest_hour": (
        gettext_lazy("Latest hour of a disconnection"),
        gettext_lazy("In the 24-hour clock: 14 is 2 in the afternoon."),
    ),
    "arrears.cold_fahrenheit": (
        gettext_lazy("Cold in which nothing is disconnected"),
        gettext_lazy("Degrees Fahrenheit, from the forecast for the next day."),
    ),
    "arrears.heat_fahrenheit": (
        gettext_lazy("Heat in which nothing is disconnected"),
        gettext_lazy("Degrees Fahrenheit, from the forecast for the next day."),
    ),
    "pledge.hold_days": (
        gettext_lazy("Longest time a pledge holds"),
        gettext_lazy("So many days after it was made nothing is disconnected, at most."),
    ),
    "arrangement.down_percent": (
        gettext_lazy("Down payment, at least"),
        gettext_lazy("Percent of what is owed, paid at once; not in winter. 0 for none."),
    ),
    "arrangement.most_months": (
        gettext_lazy("Longest arrangement"),
        gettext_lazy("Monthly instalments after the down payment."),
    ),
    "arrangement.most_in_a_year": (
        gettext_lazy("Arrangements within 12 months"),
        gettext_lazy("So many for an account, those that were cancelled not counted."),
    ),
    "low_income.first_month": (
        gettext_lazy("First month of the terms for low incomes"),
        gettext_lazy("4 is April. 0: there are no such terms."),
    ),
    "low_income.last_month": (
        gettext_lazy("Last month of the terms for low incomes"),
        gettext_lazy("11 is November, to its last day."),
    ),
    "low_income.most_down_percent": (
        gettext_lazy("Down payment for low incomes, at most"),
        gettext_lazy("Percent of what is owed."),
    ),
    "low_income.least_months": (
        gettext_lazy("Shortest arrangement for low incomes"),
        gettext_lazy("Monthly instalments after the down payment."),
    ),
    "low_income.most_months": (
        gettext_lazy("Longest arrangement for low incomes"),
        gettext_lazy("Monthly instalments after the down payment."),
    ),
    "low_income.amend_after": (
        gettext_lazy("Full payments before it may be amended"),
        gettext_lazy("An arrangement for a low income may be amended once."),
    ),
    "winter.first_month": (
        gettext_lazy("Month in which winter begins"),
        gettext_lazy("12 is December. 0: the rules of winter do not hold here."),
    ),
    "winter.last_month": (
        gettext_lazy("Last month of winter"),
        gettext_lazy("3 is March, to its last day."),
    ),
    "winter.most_down_percent": (
        gettext_lazy("Down payment in winter, at most"),
        gettext_lazy("Percent of what is owed."),
    ),
    "winter.least_months": (
        gettext_lazy("Shortest arrangement in winter"),
        gettext_lazy("Monthly instalments; the last is due in November at the latest."),
    ),
    "winter.forbids": (
        gettext_lazy("Nothing is disconnected in winter"),
        gettext_lazy("If no, only where an arrangement was offered first."),
    ),
    "write_off.after_days": (
        gettext_lazy("Days before a debt may be written off"),
        gettext_lazy("From the due date of the last bill of an account without service."),
    ),
    "placement.after_days": (
        gettext_lazy("Days before a debt may go to a collection agency"),
        gettext_lazy("From the day it was written off."),
    ),
    "placement.commission_percent": (
        gettext_lazy("What a collection agency keeps"),
        gettext_lazy("Percent of what it collects. 0: whatever it says is not checked."),
    ),
    "round_up.most_in_a_year_cents": (
        gettext_lazy("Most an account gives in a year"),
        gettext_lazy(
            "A bill that would pass it is not rounded up. $0.00: rounding up is not offered."
        ),
    ),
}
"""What each is called, and what its value means."""

EXAMPLES: Mapping[str, Promise] = {
    "paying": gettext_lazy("Paying %(of)s would cost %(after)s instead of %(before)s."),
    "late_fee": gettext_lazy("On %(of)s overdue the fee would be %(after)s instead of %(before)s."),
    "interest": gettext_lazy(
        "A deposit of %(of)s would earn %(after)s a year instead of %(before)s."
    ),
    "deposit": gettext_lazy(
        "Where a year costs %(of)s, the deposit would be %(after)s instead of %(before)s."
    ),
}

REFUSALS: Mapping[str, Promise] = {
    "policy_in_the_past": gettext_lazy(
        "Choose today or a later day. What was done under an earlier value stays done."
    ),
    "policy_unchanged": gettext_lazy("This value holds on that day already."),
    "policy_needs_source": gettext_lazy(
        "Say what the change rests on, such as a resolution of the board."
    ),
}

NOT_UNDERSTOOD: Mapping[Kind, Promise] = {
    Kind.CENTS: gettext_lazy("Write an amount in dollars and cents, such as 25.00."),
    Kind.PERCENT: gettext_lazy("Write a percentage, such as 1.5, with up to three decimals."),
    Kind.ACCOUNTS: gettext_lazy("Write account numbers, apart by commas."),
    Kind.YES_NO: gettext_lazy("Choose yes or no."),
}
"""Of every other kind a whole number is asked for."""


def say_value(rule: Rule, value: Any) -> str:
    """Return a stored value in the reader's words."""
    return SAYINGS.get(rule.kind, str)(value)


def say_refusal(rule: Rule, refused: Refused) -> str:
    """Return why a change was refused, and what to write instead."""
    if refused.code in REFUSALS:
        return str(REFUSALS[refused.code])
    match refused.values.get("reason"):
        case "too_small":
            limit = say_value(rule, refused.values["limit"])
            return gettext("Write %(limit)s or more.") % {"limit": limit}
        case "too_large":
            limit = say_value(rule, refused.values["limit"])
            return gettext("Write %(limit)s or less.") % {"limit": limit}
        case _:
            return str(NOT_UNDERSTOOD.get(rule.kind, gettext("Write a whole number.")))


def _say_days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def _say_months(count: int) -> str:
    return ngettext("%(count)d month", "%(count)d months", count) % {"count": count}


SAYINGS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.CENTS: lambda cents: say_money(Money(cents)),
    Kind.PERCENT: lambda percent: f"{Decimal(percent).normalize():f}%",
    Kind.DAYS: _say_days,
    Kind.MONTHS: _say_months,
    Kind.HOUR: lambda hour: f"{hour}:00",
    Kind.DEGREES: lambda degrees: f"{degrees} °F",
    Kind.YES_NO: lambda yes: gettext("yes") if yes else gettext("no"),
    Kind.ACCOUNTS: lambda numbers: ", ".join(numbers) or gettext("none"),
}
