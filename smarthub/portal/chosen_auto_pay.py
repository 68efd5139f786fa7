"""What somebody chose Auto Pay to do, kept in their session until they agree to it.

So what is agreed to has an address of its own: going back from what follows sends nothing again.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest

from smarthub.portal.forms.auto_pay import AutoPayForm

KEY: Final = "auto_pay_chosen"


def keep_chosen(request: HttpRequest, form: AutoPayForm) -> None:
    """Remember what a form without errors says, as it was typed, and for which account it was."""
    request.session[KEY] = {
        "form_id": str(form.cleaned_data["form_id"]),
        "accounts": form.cleaned_data["accounts"],
        "method": form.cleaned_data["method"],
        "cap": form.data.get("cap", ""),
        "only": request.GET.get("account", ""),
    }


def chosen_of(request: HttpRequest) -> dict[str, Any] | None:
    """Return what was chosen as a form takes it, or None."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    return kept


def forget_chosen(request: HttpRequest) -> None:
    """Forget it: it is agreed to."""
    request.session.pop(KEY, None)
