"""The desk's rates, asked by Rosa: she does not learn that there are drafts."""

from __future__ import annotations

from smarthub.rating.models import TariffDraft
from tests.cast import NOW, Cast
from tests.portal.rosa.tables import Ask, Tables

MISSING = {"draft": "999999"}


def prepare(cast: Cast) -> dict[str, str]:
    """Have Dana write a draft."""
    draft = TariffDraft.objects.create(
        code="E-R1",
        text="code: E-R1",
        digest="0" * 64,
        author="Dana Whitfield",
        author_id=cast.dana.user.pk,
        saved_at=NOW,
    )
    return {"draft": str(draft.pk)}


ASKED: Tables = {
    "desk/rates/solar/": (
        Ask("GET", lambda _: "/desk/rates/solar/", owner="dana"),
        Ask("POST", lambda _: "/desk/rates/solar/", owner=""),
    ),
    "desk/rates/": (Ask("GET", lambda _: "/desk/rates/", owner="dana"),),
    "desk/rates/new/": (
        Ask("GET", lambda _: "/desk/rates/new/", owner="dana"),
        Ask("POST", lambda _: "/desk/rates/new/", lambda _: {}, owner="dana", reached=400),
    ),
    "desk/rates/<int:draft>/": (
        Ask("GET", lambda t: f"/desk/rates/{t['draft']}/", owner="dana"),
        Ask(
            "POST",
            lambda t: f"/desk/rates/{t['draft']}/",
            owner="dana",
            reached=400,
            data=lambda _: {"act": "save", "text": "no"},
        ),
    ),
    "desk/rates/<int:draft>/bills/": (
        Ask("GET", lambda t: f"/desk/rates/{t['draft']}/bills/", owner="dana"),
    ),
}
