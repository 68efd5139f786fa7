"""The form of Auto Pay: which accounts, from what, and up to how much without being asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.auto_pay.types import DraftTerms
from smarthub.payments.types import StoredMethod
from smarthub.portal.forms.payments import MoneyField
from smarthub.workflows.auto_pay.set_up_auto_pay import AutoPayState


class AutoPayForm(forms.Form):
    """What Auto Pay is to do. ``form_id`` makes agreeing to it once."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    accounts = forms.MultipleChoiceField(
        label=_("Accounts"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose an account.")},
    )
    method = forms.ChoiceField(
        label=_("Draw on"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a card or a bank account.")},
    )
    cap = MoneyField(
        label=_("Ask me above"),
        help_text=_(
            "Where a bill comes to more, we ask you first and take nothing unless you say so. "
            "Leave it empty for no limit."
        ),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(
        self,
        states: Sequence[AutoPayState],
        methods: Sequence[StoredMethod],
        data: Any = None,
        *,
        terms: DraftTerms,
        **rest: Any,
    ) -> None:
        super().__init__(data, **rest)
        if terms.takes_up_to_cap:
            self.fields["cap"].label = _("Take at most")
            self.fields["cap"].help_text = _(
                "Where a bill comes to more, so much is taken and you pay the rest by hand. "
                "Leave it empty for no limit."
            )
        self.states, self.methods = states, methods
        self.fields["accounts"].choices = [  # type: ignore[attr-defined]
            (state.account.number, state.account.label) for state in states
        ]
        self.fields["method"].choices = [  # type: ignore[attr-defined]
            (str(method.id), f"{method.brand} {method.last4}") for method in methods
        ]

    def chosen_method(self) -> StoredMethod:
        """Return the method chosen; only of a form without errors."""
        return next(m for m in self.methods if str(m.id) == self.cleaned_data["method"])

    def chosen_accounts(self) -> list[AutoPayState]:
        """Return the accounts chosen; only of a form without errors."""
        numbers = set(self.cleaned_data["accounts"])
        return [state for state in self.states if state.account.number in numbers]
