"""Where somebody is while registering: kept in their session, and shown as steps."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext

from smarthub.kernel.errors import NotVisible
from smarthub.portal.sign_in.forms import TYPED_EMAIL
from smarthub.ui.parts import Step

CLAIM: Final = "registration_claim"
SENT: Final = "registration_sent"


def keep_claim(request: HttpRequest, claim_id: UUID) -> None:
    """Remember in this browser's session what was begun; nothing of it stands in an address."""
    request.session[CLAIM] = str(claim_id)
    request.session.pop(SENT, None)


def claim_of(request: HttpRequest) -> UUID:
    """Return what was begun in this browser.

    Raises:
        NotVisible: nothing was.
    """
    kept = request.session.get(CLAIM)
    if kept is None:
        raise NotVisible
    return UUID(kept)


def forget_claim(request: HttpRequest) -> None:
    """Forget what was begun: it is finished, or over."""
    for key in (CLAIM, SENT, TYPED_EMAIL):
        request.session.pop(key, None)


def list_steps(here: int) -> list[Step]:
    """Return the steps of registering, with those before ``here`` done."""
    names = (
        gettext("Your account"),
        gettext("A code"),
        gettext("To reach you"),
        gettext("Your sign-in"),
    )
    return [
        Step(name, is_done=at < here, is_here=at == here) for at, name in enumerate(names, start=1)
    ]
