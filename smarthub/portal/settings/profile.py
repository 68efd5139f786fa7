"""What a member is called, how their bills are printed, and where letters go."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.members.queries import get_profile
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.settings.applied import (
    list_own_numbers,
    say_accounts,
    say_address,
    say_bill_format,
    say_called,
    say_nothing_changed,
)
from smarthub.portal.settings.forms import AddressForm, BillFormatForm, CalledForm
from smarthub.portal.settings.showing import FormPage, show_form
from smarthub.portal.sign_in.step_up import step_up_required
from smarthub.wiring.clock import now
from smarthub.workflows.membership import change_profile


@require_GET
@login_required
def profile(request: MemberRequest) -> HttpResponse:
    """Show what the member told the co-op, each with the way to change it."""
    context = {"profile": get_profile(user_id=request.user.pk)}
    return render(request, "portal/settings/profile.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def called(request: MemberRequest) -> HttpResponse:
    """Change the name the member is greeted by."""
    known = get_profile(user_id=request.user.pk)
    form = CalledForm(request.POST or None, initial={"called": known.called})
    if form.is_valid():
        called = form.cleaned_data["called"]
        if change_profile.be_called(user_id=request.user.pk, called=called, now=now()):
            say_called(request, called=called, name=known.name)
        else:
            say_nothing_changed(request)
        return redirect("profile")
    page = FormPage(
        title=gettext("What we call you"),
        action=gettext("Save the name"),
        back=gettext("Profile"),
        back_address="profile",
        affects=(
            gettext("We greet you so on these pages and in messages."),
            gettext("Your bills keep the name of your membership: %(name)s.")
            % {"name": known.name},
            gettext("Leave it empty to be called by your first name."),
        ),
    )
    return show_form(request, page, form)


@require_http_methods(["GET", "POST"])
@login_required
def bill_format(request: MemberRequest) -> HttpResponse:
    """Change how bills are printed."""
    known = get_profile(user_id=request.user.pk)
    form = BillFormatForm(request.POST or None, initial={"bill_format": known.bill_format})
    if form.is_valid():
        chosen = form.cleaned_data["bill_format"]
        if change_profile.choose_bill_format(
            user_id=request.user.pk, bill_format=chosen, on=local_today(request), now=now()
        ):
            say_bill_format(request, bill_format=chosen)
        else:
            say_nothing_changed(request)
        return redirect("profile")
    page = FormPage(
        title=gettext("How your bills are printed"),
        action=gettext("Save the format"),
        back=gettext("Profile"),
        back_address="profile",
        affects=(
            gettext(
                "It holds for bills of %(accounts)s: each you open as PDF from now on, older ones "
                "as well, and each on paper."
            )
            % {"accounts": say_accounts(list_own_numbers(request))},
            gettext("Whoever holds an account with you is told."),
            gettext("Each bill is also a page here, which grows as large as your screen allows."),
        ),
    )
    return show_form(request, page, form)


@require_http_methods(["GET", "POST"])
@step_up_required
def address(request: MemberRequest) -> HttpResponse:
    """Change where letters go."""
    known = get_profile(user_id=request.user.pk).mailing_address
    form = AddressForm(request.POST or None, initial=asdict(known) if known else {})
    if form.is_valid():
        if change_profile.move_mail(
            user_id=request.user.pk, address=form.address(), on=local_today(request), now=now()
        ):
            say_address(request, address=form.address())
        else:
            say_nothing_changed(request)
        return redirect("profile")
    page = FormPage(
        title=gettext("Mailing address"),
        action=gettext("Save the address"),
        back=gettext("Profile"),
        back_address="profile",
        affects=(
            gettext("Letters and paper bills of %(accounts)s go there from the next one on.")
            % {"accounts": say_accounts(list_own_numbers(request))},
            gettext("Where you are served does not change: to move, tell us under Contact."),
            gettext("A last letter to the old address says that it changed."),
        ),
    )
    return show_form(request, page, form)
