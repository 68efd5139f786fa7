"""Maria lets others see her account: by an invitation with a code, and out again at once."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError

from smarthub.accounts.access import list_visible_accounts, open_account
from smarthub.accounts.models import AccountRole
from smarthub.accounts.operations import (
    AlreadyHolder,
    HolderStays,
    InvitationOver,
    end_shared_roles,
    grant_role,
)
from smarthub.accounts.types import Right, SharedRole
from smarthub.kernel.errors import NotVisible
from smarthub.members.operations import CodeOver, CodeWrong
from smarthub.notifications.models import Message
from smarthub.notifications.types import Channel
from smarthub.workflows.membership.share_account import (
    MOST_A_DAY,
    InvitationsTooMany,
    accept_invitation,
    find_held_role,
    get_sharing,
    invite_to_account,
    leave_account,
    let_out,
    name_account,
    open_invitation,
    withdraw_invitation,
)
from tests.cast import NOW, TODAY, Cast, Player

DAY = dt.timedelta(days=1)
ROSAS_MAIL = "rosa@prairieridge.example"


def invite(
    cast: Cast,
    *,
    inviter: Player | None = None,
    role: SharedRole = SharedRole.VIEWER,
    ends_on: dt.date | None = None,
    address: str = ROSAS_MAIL,
) -> str:
    return invite_to_account(
        user_id=(inviter or cast.maria).user.pk,
        number="1001",
        name="Rosa",
        channel=Channel.EMAIL,
        address=address,
        language="es",
        role=role,
        role_ends_on=ends_on,
        on=TODAY,
        now=NOW,
    )


def code_sent() -> str:
    message = Message.objects.filter(template="invitation").latest("pk")
    return str(re.findall(r"código: ([\w-]{9})", message.body)[0])


def people(cast: Cast, on: dt.date = TODAY) -> dict[str, str]:
    _, people, _ = get_sharing(user_id=cast.maria.user.pk, number="1001", on=on, now=NOW)
    return {person.name: person.role for person in people}


class TestSharing:
    """As docs/operating/sharing.md tells it."""

    def test_lets_somebody_in_by_invitation_and_out_at_once(self, cast: Cast) -> None:
        rosa = cast.rosa.user.pk
        number = invite(cast, role=SharedRole.PAYER)

        offer = open_invitation(number=number, typed=f" {code_sent().lower()} ", now=NOW)
        accept_invitation(user_id=rosa, number=number, on=TODAY, now=NOW)
        seen = open_account(user_id=rosa, number="1001", on=TODAY)
        name_account(user_id=rosa, number="1001", nickname="La de María", on=TODAY)
        held = find_held_role(user_id=rosa, reference=_reference(cast, "Rosa Nuñez"), on=TODAY)
        let_out(
            user_id=cast.maria.user.pk,
            number="1001",
            reference=held.reference,
            on=TODAY,
            now=NOW,
        )

        assert (offer.inviter, offer.account_number) == ("Maria Alvarez", "1001")
        assert seen.rights == {Right.SEE, Right.PAY}
        assert held.nickname == "La de María"
        assert [each.number for each in list_visible_accounts(user_id=rosa, on=TODAY)] == ["1002"]
        assert "Rosa Nuñez" not in people(cast)
        told = list(Message.objects.order_by("pk").values_list("template", "address"))
        assert told == [
            ("invitation", ROSAS_MAIL),
            ("sharing_changed", "maria@prairieridge.example"),
            ("sharing_changed", "maria@prairieridge.example"),
            ("sharing_changed", "maria@prairieridge.example"),
            ("sharing_ended", ROSAS_MAIL),
        ]

    def test_ends_by_itself_on_the_day_agreed(self, cast: Cast) -> None:
        number = invite(cast, ends_on=TODAY + 7 * DAY)

        accept_invitation(user_id=cast.rosa.user.pk, number=number, on=TODAY, now=NOW)

        last = list_visible_accounts(user_id=cast.rosa.user.pk, on=TODAY + 6 * DAY)
        after = list_visible_accounts(user_id=cast.rosa.user.pk, on=TODAY + 7 * DAY)
        assert [len(last), len(after)] == [2, 1]

    def test_for_alerts_only_opens_no_page(self, cast: Cast) -> None:
        number = invite(cast, role=SharedRole.ALERTS)

        accept_invitation(user_id=cast.rosa.user.pk, number=number, on=TODAY, now=NOW)

        with pytest.raises(NotVisible):
            open_account(user_id=cast.rosa.user.pk, number="1001", on=TODAY)
        assert people(cast)["Rosa Nuñez"] == "alerts"

    @pytest.mark.parametrize("role", [SharedRole.VIEWER, SharedRole.PAYER, SharedRole.FULL])
    def test_never_lets_the_one_let_in_share_further(self, cast: Cast, role: SharedRole) -> None:
        number = invite(cast, role=role)
        accept_invitation(user_id=cast.rosa.user.pk, number=number, on=TODAY, now=NOW)

        with pytest.raises(NotVisible):
            invite(cast, inviter=cast.rosa)
        with pytest.raises(NotVisible):
            get_sharing(user_id=cast.rosa.user.pk, number="1001", on=TODAY, now=NOW)

    def test_can_be_given_up_by_whoever_was_let_in(self, cast: Cast) -> None:
        bens = AccountRole.objects.get(person=cast.ben.person_id)

        leave_account(user_id=cast.ben.user.pk, reference=bens.reference, on=TODAY, now=NOW)

        assert list_visible_accounts(user_id=cast.ben.user.pk, on=TODAY) == ()
        assert people(cast) == {"Maria Alvarez": "holder"}


class TestInvitation:
    def test_is_taken_once(self, cast: Cast) -> None:
        number = invite(cast)
        accept_invitation(user_id=cast.rosa.user.pk, number=number, on=TODAY, now=NOW)

        with pytest.raises(InvitationOver):
            accept_invitation(user_id=cast.dana.user.pk, number=number, on=TODAY, now=NOW)
        with pytest.raises(CodeOver):
            open_invitation(number=number, typed=code_sent(), now=NOW)

    def test_is_over_after_14_days(self, cast: Cast) -> None:
        number = invite(cast)
        late = NOW + 14 * DAY

        with pytest.raises(CodeOver):
            open_invitation(number=number, typed=code_sent(), now=late)
        with pytest.raises(InvitationOver):
            accept_invitation(user_id=cast.rosa.user.pk, number=number, on=TODAY, now=late)

    def test_can_be_taken_back(self, cast: Cast) -> None:
        number = invite(cast)

        withdraw_invitation(
            user_id=cast.maria.user.pk, number="1001", invitation=number, on=TODAY, now=NOW
        )

        with pytest.raises(CodeOver):
            open_invitation(number=number, typed=code_sent(), now=NOW)

    def test_to_the_same_address_replaces_the_one_before(self, cast: Cast) -> None:
        first, first_code = invite(cast), code_sent()
        second = invite(cast, address=ROSAS_MAIL.upper())

        with pytest.raises(CodeOver):
            open_invitation(number=first, typed=first_code, now=NOW)
        assert open_invitation(number=second, typed=code_sent(), now=NOW).number == second

    def test_is_locked_after_five_wrong_codes(self, cast: Cast) -> None:
        number = invite(cast)
        for _ in range(5):
            with pytest.raises(CodeWrong):
                open_invitation(number=number, typed="2222-2222", now=NOW)

        with pytest.raises(CodeOver):
            open_invitation(number=number, typed=code_sent(), now=NOW)

    def test_may_be_looked_at_more_often_than_five_times(self, cast: Cast) -> None:
        number = invite(cast)

        for _ in range(7):
            open_invitation(number=number, typed=code_sent(), now=NOW)

    def test_to_ones_own_account_changes_nothing(self, cast: Cast) -> None:
        number = invite(cast)

        with pytest.raises(AlreadyHolder):
            accept_invitation(user_id=cast.maria.user.pk, number=number, on=TODAY, now=NOW)

        assert people(cast)["Maria Alvarez"] == "holder"

    def test_cannot_flood_strangers(self, cast: Cast) -> None:
        for number in range(MOST_A_DAY):
            invite(cast, address=f"somebody{number}@prairieridge.example")

        with pytest.raises(InvitationsTooMany):
            invite(cast)

    def test_of_maria_cannot_be_taken_back_by_rosa(self, cast: Cast) -> None:
        number = invite(cast)

        for account in ("1001", "1002"):
            with pytest.raises(NotVisible):
                withdraw_invitation(
                    user_id=cast.rosa.user.pk,
                    number=account,
                    invitation=number,
                    on=TODAY,
                    now=NOW,
                )


class TestRoles:
    def test_of_a_holder_cannot_be_ended_here(self, cast: Cast) -> None:
        reference = _reference(cast, "Maria Alvarez")

        with pytest.raises(HolderStays):
            let_out(
                user_id=cast.maria.user.pk, number="1001", reference=reference, on=TODAY, now=NOW
            )

    def test_that_are_not_there_are_not_visible(self, cast: Cast) -> None:
        with pytest.raises(NotVisible):
            let_out(user_id=cast.maria.user.pk, number="1001", reference=uuid4(), on=TODAY, now=NOW)

    def test_of_one_person_never_overlap(self, cast: Cast) -> None:
        grant_role(
            account_id=cast.account_1001,
            person_id=cast.ben.person_id,
            role="payer",
            starts_on=TODAY,
            ends_on=TODAY + DAY,
        )

        rows = AccountRole.objects.filter(person=cast.ben.person_id).order_by("pk")
        assert [(row.role, row.ends_on) for row in rows] == [
            ("viewer", TODAY),
            ("payer", TODAY + DAY),
        ]
        with pytest.raises(IntegrityError, match="account_role_no_overlap"):
            AccountRole.objects.create(
                account_id=cast.account_1001,
                person_id=cast.ben.person_id,
                role="full",
                starts_on=TODAY - DAY,
            )

    def test_are_kept_as_they_were_before_each_change(self, cast: Cast) -> None:
        end_shared_roles(person_id=cast.ben.person_id, on=TODAY)

        role = AccountRole.objects.get(person=cast.ben.person_id)
        (before,) = role.events.values_list("pgh_label", "role", "ends_on")  # type: ignore[attr-defined]
        assert before == ("update", "viewer", None)
        assert role.ends_on == TODAY


def _reference(cast: Cast, name: str) -> UUID:
    _, people, _ = get_sharing(user_id=cast.maria.user.pk, number="1001", on=TODAY, now=NOW)
    return next(person.reference for person in people if person.name == name)
