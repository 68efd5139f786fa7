"""The desk's screen of policies about money: what holds, what comes, and a change looked at first.

A change is shown before it is made: sent once it is a preview, sent with ``sure`` it is written.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words import policies as policy_words
from smarthub.cooperative.catalogue import Kind, PolicyUnknown, Rule, read_value, write_value
from smarthub.cooperative.types import PolicyRow
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.ui.formats import say_money
from smarthub.wiring.clock import now
from smarthub.workflows.cooperative import money_policies
from smarthub.workflows.cooperative.money_policies import PolicyChange, PolicyView


class PolicyForm(forms.Form):
    """A new value of one policy, from a day on, and what it rests on."""

    value = forms.CharField(label=_("New value"), max_length=500, required=False)
    effective_from = forms.DateField(
        label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    source_note = forms.CharField(
        label=_("What it rests on"),
        help_text=_("A resolution of the board and its date, or a clause of the rate book."),
        max_length=300,
    )

    def __init__(self, rule: Rule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        if rule.kind is Kind.YES_NO:
            choices = [("yes", gettext("yes")), ("no", gettext("no"))]
            self.fields["value"].widget = forms.Select(choices=choices)
        elif rule.kind is Kind.ACCOUNTS:
            self.fields["value"].widget = forms.Textarea({"rows": 2})

    def clean_value(self) -> Any:
        """Return the value as it is stored."""
        try:
            return read_value(self.rule, self.cleaned_data["value"])
        except Refused as refused:
            raise forms.ValidationError(policy_words.say_refusal(self.rule, refused)) from None


@require_GET
@for_staff
def policies(request: StaffRequest) -> HttpResponse:
    """Show every policy about money: what holds today, since when, and what it rests on."""
    found = money_policies.list_money_policies(on=local_today(request))
    topics = [
        (policy_words.TOPICS[topic], [_shown(view) for view in views])
        for topic, views in groupby(found, key=lambda view: view.rule.topic)
    ]
    return show(request, "backoffice/money/policies.html", {"topics": topics})


@require_http_methods(["GET", "POST"])
@for_staff
def policy(request: StaffRequest, key: str) -> HttpResponse:
    """Show one policy and all its values; sent back, show what a change would do, or make it."""
    on = local_today(request)
    try:
        view = money_policies.get_money_policy(key=key, on=on)
    except PolicyUnknown:
        raise NotVisible from None
    initial = {"value": write_value(view.rule, view.value), "effective_from": on}
    form = PolicyForm(view.rule, request.POST or None, initial=initial)
    change = None
    if form.is_bound and form.is_valid():
        values = {**form.cleaned_data, "key": key, "on": on}
        try:
            change = money_policies.preview_change(**values)
            if request.POST.get("sure") == "yes":
                money_policies.change_policy(user_id=request.user.pk, now=now(), **values)
                messages.success(request, gettext("Set. What was charged before stays as it is."))
                return SeeOther(reverse("desk_money_policies"))
        except Refused as refused:
            change = None
            form.add_error(None, policy_words.say_refusal(view.rule, refused))
    context = {
        "policy": _shown(view),
        "form": form,
        "change": _shown_change(change) if change else None,
        "history": [_shown_row(view.rule, row, on) for row in view.rows],
    }
    status = 400 if form.errors else 200
    return show(request, "backoffice/money/policy.html", context, status=status)


def _shown(view: PolicyView) -> dict[str, Any]:
    name, meaning = policy_words.NAMES[view.rule.key]
    return {
        "key": view.rule.key,
        "name": name,
        "meaning": meaning,
        "rule": view.rule.source,
        "value": policy_words.say_value(view.rule, view.value),
        "row": view.now,
        "coming": [
            (policy_words.say_value(view.rule, row.value), row.effective_from)
            for row in view.coming
        ],
    }


def _shown_row(rule: Rule, row: PolicyRow, on: dt.date) -> dict[str, Any]:
    return {
        "value": policy_words.say_value(rule, row.value),
        "row": row,
        "is_coming": row.effective_from > on,
    }


def _shown_change(change: PolicyChange) -> dict[str, Any]:
    example = change.example
    return {
        "before": policy_words.say_value(change.rule, change.before),
        "after": policy_words.say_value(change.rule, change.after),
        "effective_from": change.effective_from,
        "until": change.until,
        "example": str(policy_words.EXAMPLES[example.code])
        % {
            "of": say_money(example.of),
            "before": say_money(example.before),
            "after": say_money(example.after),
        }
        if example and example.before != example.after
        else "",
    }
