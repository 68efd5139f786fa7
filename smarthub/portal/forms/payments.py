"""The forms of the portal: what a member may send, checked before anything is asked of the house.

Whether an amount is allowed is decided by the payment itself; here it only has to be one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smarthub.kernel.errors import Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.payments.engine import parse_amount
from smarthub.payments.types import Schedule
from smarthub.portal.chosen_payment import Chosen
from smarthub.ui.formats import say_day, say_money, say_number
from smarthub.workflows.money.payment_plan import PayableAccount

CENTS = re.compile(r"[0-9]{1,8}")


class MoneyField(forms.CharField):
    """An amount as people write it: ``139.46``, ``$1,139.46``, ``.75``."""

    default_error_messages = {
        "amount_not_understood": _("Write an amount in dollars and cents, such as 25.00."),
        "amount_too_precise": _("An amount has at most two decimals, such as 25.00."),
        "amount_not_positive": _("Write an amount above $0.00."),
        "amount_too_large": _("This amount is too large to pay here."),
    }

    def clean(self, value: Any) -> Money | None:
        """Return the amount, or ``None`` for an empty field that may be empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_amount(text)
        except Refused as refusal:
            raise forms.ValidationError(self.error_messages[refusal.code]) from None


NOW, LATER = "now", "later"


class Which(StrEnum):
    """Which amount of an account is paid: a part is late (feature R30), or left by Auto Pay."""

    TOTAL = "total"
    BY_HAND = "by_hand"
    PAST_DUE = "past_due"
    OTHER = "other"


class ChooseAmountsForm(forms.Form):
    """Which accounts to pay, and how much on each."""

    def __init__(
        self,
        payable: Sequence[PayableAccount],
        data: Any = None,
        *,
        days: tuple[dt.date, dt.date],
        ordered: Schedule | None = None,
    ) -> None:
        """Show what is due on each account, or what an order that is to be changed says.

        Args:
            payable: The accounts.
            data: What was sent, if anything.
            days: The first and the last day a payment may be ordered for.
            ordered: The order to be changed.
        """
        super().__init__(data)
        self.payable = payable
        self.days = days
        for each in payable:
            self._add_account(each)
        self._add_day(ordered)
        if ordered is not None:
            self._fill_in(ordered)

    def rows(self) -> list[dict[str, Any]]:
        """Return each account with its fields, for the page; ``which`` where there is a choice."""
        return [
            {
                "payable": each,
                "pay": self[f"pay_{each.account.number}"],
                "which": self[f"which_{each.account.number}"] if _has_choice(each) else None,
                "amount": self[f"amount_{each.account.number}"],
            }
            for each in self.payable
        ]

    def clean(self) -> dict[str, Any]:
        """Require one amount for each account chosen, and one account at least."""
        cleaned = super().clean() or {}
        chosen = [p for p in self.payable if cleaned.get(f"pay_{p.account.number}")]
        if not chosen:
            self.add_error(None, _("Choose an account to pay."))
        for each in chosen:
            self._require_amount(each, cleaned)
        self._require_day(cleaned)
        return cleaned

    def amounts(self) -> dict[str, Money]:
        """Return what was chosen, by account number; only of a form without errors."""
        return {
            each.account.number: self._amount(each)
            for each in self.payable
            if self.cleaned_data[f"pay_{each.account.number}"]
        }

    def pay_on(self) -> dt.date | None:
        """Return the day chosen, or None for now; only of a form without errors."""
        day: dt.date | None = self.cleaned_data["pay_on"]
        return day if self.cleaned_data.get("when") == LATER else None

    def _add_day(self, ordered: Schedule | None) -> None:
        first, last = (day.isoformat() for day in self.days)
        choices = [(NOW, _("Now")), (LATER, _("On a day I choose"))]
        self.fields["when"] = forms.ChoiceField(
            label=_("When to pay"),
            choices=choices[1:] if ordered else choices,
            initial=LATER if ordered else NOW,
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["pay_on"] = forms.DateField(
            label=_("The day"),
            required=False,
            input_formats=["%Y-%m-%d", "%m/%d/%Y"],
            widget=forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "min": first, "max": last}
            ),
            error_messages={"invalid": _("Write the day as month/day/year, such as 12/31/2026.")},
        )

    def _fill_in(self, ordered: Schedule) -> None:
        amounts = {part.account_number: part.amount for part in ordered.parts}
        self.initial["pay_on"] = ordered.pay_on
        for each in self.payable:
            number = each.account.number
            amount = amounts.get(number)
            self.initial[f"pay_{number}"] = amount is not None
            if amount is not None:
                self.initial[f"which_{number}"] = Which.OTHER
                self.initial[f"amount_{number}"] = say_number(amount.dollars, 2)

    def _require_day(self, cleaned: dict[str, Any]) -> None:
        if "pay_on" in self.errors or cleaned.get("when") != LATER:
            return
        day, (first, last) = cleaned.get("pay_on"), self.days
        if day is None:
            self.add_error("pay_on", _("Choose the day."))
        elif not first <= day <= last:
            said = {"first": say_day(first), "last": say_day(last)}
            self.add_error("pay_on", _("Choose a day from %(first)s to %(last)s.") % said)

    def _add_account(self, each: PayableAccount) -> None:
        number, label = each.account.number, each.account.label
        self.fields[f"pay_{number}"] = forms.BooleanField(
            label=label, required=False, initial=each.by_hand > ZERO
        )
        if _has_choice(each):
            self.fields[f"which_{number}"] = forms.ChoiceField(
                label=_("How much for %(account)s") % {"account": label},
                choices=_choices(each),
                widget=forms.RadioSelect,
                initial=_asked_for(each),
                required=False,
            )
        filled_in = each.to_pay and not _has_choice(each)
        self.fields[f"amount_{number}"] = MoneyField(
            label=_("Amount for %(account)s") % {"account": label},
            required=False,
            max_length=20,
            initial=say_number((each.by_hand or each.to_pay).dollars, 2) if filled_in else "",
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def _require_amount(self, each: PayableAccount, cleaned: dict[str, Any]) -> None:
        field = f"amount_{each.account.number}"
        if field in self.errors:
            return
        is_written = cleaned.get(field) is not None
        if self._which(each, cleaned) is Which.OTHER and not is_written:
            self.add_error(field, _("Write how much to pay."))
        elif self._which(each, cleaned) is not Which.OTHER and is_written:
            self.add_error(
                field,
                _("You wrote an amount as well. Choose “Another amount”, or empty the field."),
            )

    def _which(self, each: PayableAccount, cleaned: Mapping[str, Any]) -> Which:
        return Which(cleaned.get(f"which_{each.account.number}") or Which.OTHER)

    def _amount(self, each: PayableAccount) -> Money:
        match self._which(each, self.cleaned_data):
            case Which.TOTAL:
                return each.to_pay
            case Which.BY_HAND:
                return each.by_hand
            case Which.PAST_DUE:
                return each.past_due
            case Which.OTHER:
                amount: Money = self.cleaned_data[f"amount_{each.account.number}"]
                return amount


def _has_choice(each: PayableAccount) -> bool:
    return each.has_late_part or each.has_part_by_hand


def _asked_for(each: PayableAccount) -> Which:
    """Return which amount the other pages ask for."""
    if each.has_part_by_hand:
        return Which.BY_HAND
    return Which.PAST_DUE if each.due.drafted and each.has_late_part else Which.TOTAL


def _choices(each: PayableAccount) -> list[tuple[str, str]]:
    said = {
        Which.TOTAL: (gettext("Everything due: %(amount)s"), each.to_pay),
        Which.BY_HAND: (gettext("What Auto Pay leaves to you: %(amount)s"), each.by_hand),
        Which.PAST_DUE: (gettext("Only what is past due: %(amount)s"), each.past_due),
    }
    if not each.has_part_by_hand:
        del said[Which.BY_HAND]
    if not each.has_late_part:
        del said[Which.PAST_DUE]
    choices = [(which, text % {"amount": say_money(sum_)}) for which, (text, sum_) in said.items()]
    return [*choices, (Which.OTHER, gettext("Another amount"))]


class ReviewForm(forms.Form):
    """The payment as it was shown: its id makes it once, its amounts are what was agreed to."""

    payment_id = forms.UUIDField(widget=forms.HiddenInput)
    method = forms.UUIDField(required=False)
    allow_credit = forms.BooleanField(required=False)
    pay_on = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    replaces = forms.UUIDField(required=False)
    agrees_to_fee = forms.BooleanField(required=False)

    def fee(self) -> Money:
        """Return the fee that stood beside the method chosen, if it was agreed to."""
        if not self.cleaned_data["agrees_to_fee"]:
            return ZERO
        return cents_in(self.data.get(f"fee_{self.cleaned_data['method']}", ""))

    def chosen(self, amounts: Mapping[str, Money]) -> Chosen:
        """Return what was agreed to; of a form with errors, what of it could be read."""
        known = self.cleaned_data if hasattr(self, "cleaned_data") else {}
        return Chosen(amounts, known.get("pay_on"), known.get("replaces"))


class MethodForm(forms.Form):
    """What a member calls a card or bank account, and whether it is offered first."""

    name = forms.CharField(
        label=_("Your name for it"),
        max_length=30,
        required=False,
        help_text=_("Such as “Everyday card”. Leave numbers out."),
    )
    is_first = forms.BooleanField(label=_("Offer it first when I pay"), required=False)


def cents_in(sent: str) -> Money:
    """Return cents that a page carried; what is none is nothing, and agreed to nothing."""
    return Money(int(sent)) if CENTS.fullmatch(sent) else ZERO


def amounts_from(data: Mapping[str, str]) -> dict[str, Money]:
    """Return the amounts a review page carries as ``part_<account number>``, in cents.

    Raises:
        ValueError: one is not a whole number.
    """
    return {
        name.removeprefix("part_"): Money(int(value))
        for name, value in data.items()
        if name.startswith("part_")
    }
