"""From a proved claim to a login: nobody is left without a next step or learns too soon."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from smarthub.accounts.access import open_account
from smarthub.accounts.models import AccountRole
from smarthub.accounts.operations import grant_role
from smarthub.billing.online_code import online_code
from smarthub.kernel.errors import NotVisible
from smarthub.members.models import Consent, Contact, User
from smarthub.members.operations import CodeWrong, add_person, open_login
from smarthub.workflows.membership.claim_account import ClaimOver, ask_for_code, prove
from smarthub.workflows.membership.claim_messages import send_claim_code
from smarthub.workflows.membership.register_member import (
    HolderMustShare,
    NotProved,
    Step,
    accept_paperless,
    add_to_login,
    confirm_email,
    confirm_email_by_proof,
    register,
    see_standing,
    send_email_code,
    use_other_email,
)
from tests.cast import NOW, OPENED, PASSWORD, TODAY, Cast
from tests.workflows.membership.newcomer import (
    EMAIL,
    Newcomer,
    claim,
    code_in,
    newest_message,
    settle_newcomer,
)

OTHER = "w.lindgren@other.example"


@pytest.fixture
def walter(cast: Cast) -> Newcomer:
    return settle_newcomer()


def prove_by_bill(walter: Newcomer, **changes: object) -> UUID:
    claim_id = claim(**changes)
    prove(claim_id=claim_id, typed=online_code(bill_number=walter.bill_number), now=NOW)
    return claim_id


def confirm(claim_id: UUID) -> None:
    send_email_code(claim_id=claim_id, now=NOW)
    confirm_email(claim_id=claim_id, typed=code_in(newest_message("confirm_address")), now=NOW)


def step_of(claim_id: UUID, user_id: int | None = None) -> Step:
    return see_standing(claim_id=claim_id, user_id=user_id, now=NOW).step


def sign_up(claim_id: UUID, walter: Newcomer) -> int:
    return register(
        claim_id=claim_id, person_id=walter.person_id, password=PASSWORD, language="es", now=NOW
    )


def test_a_member_registers_with_the_bill_in_hand(walter: Newcomer) -> None:
    claim_id = claim(email=OTHER)
    steps = [step_of(claim_id)]
    prove(claim_id=claim_id, typed=online_code(bill_number=walter.bill_number), now=NOW)
    steps.append(step_of(claim_id))
    confirm(claim_id)
    steps.append(step_of(claim_id))
    user_id = sign_up(claim_id, walter)

    user = User.objects.get(pk=user_id)
    assert steps == [Step.PROVE, Step.CONFIRM_EMAIL, Step.SET_UP]
    assert (user.email, user.person.language) == (OTHER, "es")
    assert user.check_password(PASSWORD)
    assert open_account(user_id=user_id, number="00001003", on=TODAY).may_pay
    assert Contact.objects.get(person=user.person, value=OTHER).verified_at == NOW
    with pytest.raises(ClaimOver):
        step_of(claim_id)


def test_no_step_can_be_left_out(walter: Newcomer) -> None:
    claim_id = claim()
    with pytest.raises(NotProved):
        send_email_code(claim_id=claim_id, now=NOW)
    with pytest.raises(NotProved):
        sign_up(claim_id, walter)
    with pytest.raises(NotProved):
        add_to_login(claim_id=claim_id, user_id=User.objects.latest("pk").pk, now=NOW)

    proved = prove_by_bill(walter)
    with pytest.raises(NotProved):
        sign_up(proved, walter)


def test_nobody_registers_as_a_holder_of_another_account(cast: Cast, walter: Newcomer) -> None:
    claim_id = prove_by_bill(walter)
    confirm(claim_id)

    with pytest.raises(NotProved):
        register(
            claim_id=claim_id,
            person_id=cast.maria.person_id,
            password=PASSWORD,
            language="en",
            now=NOW,
        )


class TestEmail:
    @pytest.mark.usefixtures("walter")
    def test_that_got_the_proving_code_needs_no_second_one(self) -> None:
        claim_id = claim(email=EMAIL.upper())
        ask_for_code(claim_id=claim_id, channel="email", now=NOW)
        send_claim_code(claim_id=claim_id, channel="email", now=NOW)
        prove(claim_id=claim_id, typed=code_in(newest_message("claim_code")), now=NOW)

        assert confirm_email_by_proof(claim_id=claim_id, now=NOW)
        assert step_of(claim_id) is Step.SET_UP

    def test_that_was_not_on_file_is_to_be_confirmed(self, walter: Newcomer) -> None:
        assert not confirm_email_by_proof(claim_id=prove_by_bill(walter, email=OTHER), now=NOW)

    def test_may_be_changed_as_long_as_it_is_not_confirmed(self, walter: Newcomer) -> None:
        claim_id = prove_by_bill(walter)
        send_email_code(claim_id=claim_id, now=NOW)
        old = code_in(newest_message("confirm_address"))
        use_other_email(claim_id=claim_id, email=OTHER, now=NOW + dt.timedelta(seconds=1))

        with pytest.raises(CodeWrong):
            confirm_email(claim_id=claim_id, typed=old, now=NOW + dt.timedelta(seconds=2))
        assert newest_message("confirm_address").address == OTHER


class TestSignInsThatAreThere:
    def test_with_the_same_email_lead_to_it(self, cast: Cast, walter: Newcomer) -> None:
        claim_id = prove_by_bill(walter, email=cast.maria.user.email)
        confirm(claim_id)

        standing = see_standing(claim_id=claim_id, user_id=None, now=NOW)

        assert (standing.step, standing.sign_in_with) == (Step.SIGN_IN, cast.maria.user.email)

    def test_of_the_holder_lead_to_it_and_say_only_enough(self, walter: Newcomer) -> None:
        open_login(person_id=walter.person_id, email=EMAIL, now=NOW)
        claim_id = prove_by_bill(walter, email=OTHER)
        confirm(claim_id)

        standing = see_standing(claim_id=claim_id, user_id=None, now=NOW)

        assert standing.step is Step.SIGN_IN
        assert standing.sign_in_with == "w•••@mail.example"

    def test_are_not_told_before_the_proof(self, walter: Newcomer) -> None:
        open_login(person_id=walter.person_id, email=EMAIL, now=NOW)

        standing = see_standing(claim_id=claim(), user_id=None, now=NOW)

        assert (standing.step, standing.sign_in_with, standing.people) == (Step.PROVE, "", ())


class TestJointHolders:
    def test_of_one_name_say_which_of_them_they_are(self, walter: Newcomer) -> None:
        ann = add_person(given_name="Ann", family_name="Lindgren")
        grant_role(account_id=walter.account_id, person_id=ann, role="joint", starts_on=OPENED)
        claim_id = prove_by_bill(walter)
        confirm(claim_id)

        people = see_standing(claim_id=claim_id, user_id=None, now=NOW).people

        assert [name for _, name in people] == ["Walter Lindgren", "Ann Lindgren"]

    def test_each_get_a_sign_in_of_their_own(self, walter: Newcomer) -> None:
        ann = add_person(given_name="Ann", family_name="Lindgren")
        grant_role(account_id=walter.account_id, person_id=ann, role="joint", starts_on=OPENED)
        open_login(person_id=walter.person_id, email=EMAIL, now=NOW)
        claim_id = prove_by_bill(walter, email=OTHER)
        confirm(claim_id)

        user_id = register(claim_id=claim_id, person_id=ann, password=None, language="en", now=NOW)

        assert not User.objects.get(pk=user_id).has_usable_password()


class TestAnotherAccount:
    def test_is_added_to_the_login_of_whoever_proves_it(self, cast: Cast, walter: Newcomer) -> None:
        maria = cast.maria.user.pk
        claim_id = prove_by_bill(walter, user_id=maria, email="")

        assert step_of(claim_id, maria) is Step.ADD
        assert add_to_login(claim_id=claim_id, user_id=maria, now=NOW) == "00001003"
        assert open_account(user_id=maria, number="00001003", on=TODAY).may_pay
        assert open_account(user_id=maria, number="1001", on=TODAY).may_pay
        role = AccountRole.objects.get(account=walter.account_id, person=cast.maria.person_id)
        assert role.role == "full"

    def test_in_ones_own_name_is_held_jointly(self, walter: Newcomer) -> None:
        same = add_person(given_name="Walter", family_name="Lindgren")
        user_id = open_login(person_id=same, email=OTHER, now=NOW)
        claim_id = prove_by_bill(walter, user_id=user_id, name="Walter Lindgren")

        add_to_login(claim_id=claim_id, user_id=user_id, now=NOW)

        role = AccountRole.objects.get(account=walter.account_id, person=same)
        assert role.role == "joint"

    def test_to_which_somebody_signs_in_is_theirs_to_share(
        self, cast: Cast, walter: Newcomer
    ) -> None:
        open_login(person_id=walter.person_id, email=EMAIL, now=NOW)
        rosa = cast.rosa.user.pk
        claim_id = prove_by_bill(walter, user_id=rosa, email="")

        with pytest.raises(HolderMustShare):
            add_to_login(claim_id=claim_id, user_id=rosa, now=NOW)
        with pytest.raises(NotVisible):
            open_account(user_id=rosa, number="00001003", on=TODAY)

    def test_of_ones_own_stays_as_it_is(self, walter: Newcomer) -> None:
        user_id = open_login(person_id=walter.person_id, email=EMAIL, now=NOW)
        claim_id = prove_by_bill(walter, user_id=user_id)

        add_to_login(claim_id=claim_id, user_id=user_id, now=NOW)

        assert AccountRole.objects.get(account=walter.account_id).role == "holder"


def test_paperless_is_kept_with_the_words_that_were_shown(cast: Cast) -> None:
    accept_paperless(
        user_id=cast.rosa.user.pk,
        text="Ya no recibirá facturas en papel.",
        language="es",
        ip_address="203.0.113.7",
        user_agent="Firefox",
        now=NOW,
    )

    consent = Consent.objects.get()
    assert (consent.kind, consent.granted, consent.language) == ("paperless", True, "es")
    assert consent.text == "Ya no recibirá facturas en papel."
