"""Registered accounts: the member's own and those shared with them, and who else may see them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.accounts.access import list_visible_accounts, open_account
from smarthub.accounts.queries import list_held_roles
from smarthub.accounts.types import Right, SharedRole
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.notifications.types import Channel
from smarthub.portal.refusals import say_refusal
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.settings.applied import say_nickname, say_nothing_changed
from smarthub.portal.settings.forms import InviteForm, NicknameForm
from smarthub.portal.settings.showing import FormPage, ask, is_sent, show_form
from smarthub.portal.sign_in.step_up import step_up_required
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.workflows.membership import share_account


@require_GET
@login_required
def registered_accounts(request: MemberRequest) -> HttpResponse:
    """Show every account of this sign-in: own ones, and those somebody shared."""
    roles = list_held_roles(user_id=request.user.pk, on=local_today(request))
    context = {
        "own": [role for role in roles if role.role in {"holder", "joint"}],
        "shared": [role for role in roles if role.role not in {"holder", "joint"}],
    }
    return render(request, "portal/settings/accounts.html", context)


@require_GET
@login_required
def additional_users(request: MemberRequest) -> HttpResponse:
    """Show the accounts the member may share; with one, its people at once."""
    accounts = [
        account
        for account in list_visible_accounts(user_id=request.user.pk, on=local_today(request))
        if account.may_share
    ]
    if len(accounts) == 1:
        return redirect("people", number=accounts[0].number)
    return render(request, "portal/settings/additional_users.html", {"accounts": accounts})


@require_http_methods(["GET", "POST"])
@login_required
def name_account(request: MemberRequest, number: str) -> HttpResponse:
    """Change what the member calls an account."""
    account = open_account(user_id=request.user.pk, number=number, on=local_today(request))
    form = NicknameForm(request.POST or None, initial={"nickname": account.nickname})
    if request.method == "POST" and form.is_valid():
        nickname = form.cleaned_data["nickname"]
        share_account.name_account(
            user_id=request.user.pk, number=number, nickname=nickname, on=local_today(request)
        )
        if nickname == account.nickname:
            say_nothing_changed(request)
        else:
            say_nickname(request, number=number, nickname=nickname)
        return redirect("registered_accounts")
    page = FormPage(
        title=gettext("A name for account %(number)s") % {"number": number},
        action=gettext("Save the name"),
        back=gettext("Registered Accounts"),
        back_address="registered_accounts",
        affects=(
            gettext("Only you see it, on these pages: Home, The farm, Mother's flat."),
            gettext("Bills, letters and other people of the account keep number and address."),
            gettext("Left empty, the account is called by its address."),
        ),
    )
    return show_form(request, page, form)


@require_GET
@login_required
def people(request: MemberRequest, number: str) -> HttpResponse:
    """Show who may see an account and who is invited, for its holder."""
    account, everybody, invited = share_account.get_sharing(
        user_id=request.user.pk, number=number, on=local_today(request), now=now()
    )
    context = {"account": account, "people": everybody, "invited": invited}
    return render(request, "portal/settings/people.html", context)


@require_http_methods(["GET", "POST"])
@step_up_required
def invite(request: MemberRequest, number: str) -> HttpResponse:
    """Invite somebody to an account."""
    today = local_today(request)
    account = open_account(user_id=request.user.pk, number=number, on=today, needs=Right.SHARE)
    form = InviteForm(request.POST or None, today=today, initial={"language": reading_language()})
    if form.is_valid():
        try:
            _invite(request, number, form)
        except Refused as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            return redirect("people", number=number)
    page = FormPage(
        title=gettext("Invite somebody"),
        action=gettext("Send the invitation"),
        back=gettext("Additional Users"),
        back_address=reverse("people", args=[number]),
        quiet=account.label,
        affects=(
            gettext(
                "They get a link and a code, and use a sign-in of their own: "
                "your password stays yours."
            ),
            gettext("You may let them out at any time, at once."),
            gettext("Whoever holds this account with you is told."),
        ),
    )
    return show_form(request, page, form)


@require_http_methods(["GET", "POST"])
@login_required
def let_out(request: MemberRequest, number: str, reference: UUID) -> HttpResponse:
    """Ask, then let somebody out of an account.

    Raises:
        NotVisible: the account is not the member's to share, or nobody has this role.
    """
    today = local_today(request)
    account, everybody, _ = share_account.get_sharing(
        user_id=request.user.pk, number=number, on=today, now=now()
    )
    person = next((each for each in everybody if each.reference == reference), None)
    if person is None or person.is_holder:
        raise NotVisible
    if not is_sent(request):
        return ask(
            request,
            title=gettext("Let %(name)s out?") % {"name": person.name},
            sentence=gettext(
                "From this moment they no longer see %(account)s. They are "
                "told. You can invite them again."
            )
            % {"account": account.label},
            action=gettext("Let them out"),
            keep=gettext("Keep their access"),
            back=reverse("people", args=[number]),
        )
    share_account.let_out(
        user_id=request.user.pk, number=number, reference=reference, on=today, now=now()
    )
    messages.success(request, gettext("%(name)s no longer has access.") % {"name": person.name})
    return redirect("people", number=number)


@require_http_methods(["GET", "POST"])
@login_required
def withdraw(request: MemberRequest, number: str, invitation: str) -> HttpResponse:
    """Ask, then take an invitation back.

    Raises:
        NotVisible: the account is not the member's to share, or has no such invitation.
    """
    today = local_today(request)
    _, _, invited = share_account.get_sharing(
        user_id=request.user.pk, number=number, on=today, now=now()
    )
    found = next((each for each in invited if each.number == invitation), None)
    if found is None:
        raise NotVisible
    if not is_sent(request):
        return ask(
            request,
            title=gettext("Take back the invitation to %(name)s?") % {"name": found.name},
            sentence=gettext("Its link and code no longer work. Nothing else changes."),
            action=gettext("Take it back"),
            keep=gettext("Keep the invitation"),
            back=reverse("people", args=[number]),
        )
    share_account.withdraw_invitation(
        user_id=request.user.pk, number=number, invitation=invitation, on=today, now=now()
    )
    messages.success(request, gettext("The invitation is taken back."))
    return redirect("people", number=number)


@require_http_methods(["GET", "POST"])
@login_required
def leave_account(request: MemberRequest, reference: UUID) -> HttpResponse:
    """Ask, then give up access to somebody else's account.

    Raises:
        NotVisible: the member has no such role, or the account is their own.
    """
    today = local_today(request)
    held = share_account.find_held_role(user_id=request.user.pk, reference=reference, on=today)
    if held.role in {"holder", "joint"}:
        raise NotVisible
    if not is_sent(request):
        return ask(
            request,
            title=gettext("Give up account %(number)s?") % {"number": held.number},
            sentence=gettext(
                "You no longer see it and get no more messages about it. Its "
                "holder is told, and can invite you again."
            ),
            action=gettext("Give it up"),
            keep=gettext("Keep the account"),
            back="registered_accounts",
        )
    share_account.leave_account(user_id=request.user.pk, reference=reference, on=today, now=now())
    messages.success(request, gettext("You no longer have access to that account."))
    return redirect("registered_accounts")


def _invite(request: MemberRequest, number: str, form: InviteForm) -> None:
    share_account.invite_to_account(
        user_id=request.user.pk,
        number=number,
        name=form.cleaned_data["name"],
        channel=Channel(form.cleaned_data["channel"]),
        address=form.address(),
        language=form.cleaned_data["language"],
        role=SharedRole(form.cleaned_data["role"]),
        role_ends_on=form.role_ends_on(),
        on=local_today(request),
        now=now(),
    )
    messages.success(
        request,
        gettext("The invitation to %(name)s is on its way.") % {"name": form.cleaned_data["name"]},
    )
