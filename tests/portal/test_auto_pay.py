"""The pages of Auto Pay: four screens to turn it on, and every way back out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from smarthub.auto_pay.types import CreditProgramme, PlanState, ProgrammeId
from smarthub.cooperative.operations import set_policy
from smarthub.kernel.money import Money
from smarthub.members.models import Consent
from smarthub.notifications.models import Message
from smarthub.workflows.auto_pay.migrated_auto_pay import import_proposals
from smarthub.workflows.auto_pay.set_up_auto_pay import see_auto_pay
from smarthub.workflows.auto_pay.sign_up_credits import set_programme
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from tests.billing.village import SECOND_BILL, read
from tests.cast import Cast
from tests.metering.yard import CHICAGO
from tests.portal.conftest import NOW, TODAY, SignIn
from tests.portal.test_paying import gateway
from tests.sandbox_gateway import GOOD, Simulator
from tests.workflows.closing import close, pay
from tests.workflows.wallet import Wallet

__all__ = ["gateway"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def maria(billed: Cast, simulator: Simulator, sign_in: SignIn) -> Client:
    Wallet(simulator).add(billed.maria, GOOD)
    return sign_in(billed.maria)


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def fields(page: Any, name: str) -> list[str]:
    return re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page.content.decode())


def turn_on(client: Client, cap: str = "") -> Any:
    return client.post(reverse("auto_pay_agree"), choose(client, cap), follow=True)


def choose(client: Client, cap: str = "") -> dict[str, str]:
    """Go as far as what is agreed to, and return what its button sends."""
    page = client.get(reverse("auto_pay_set_up"), {"account": "1001"})
    chosen = {
        "form_id": fields(page, "form_id")[0],
        "accounts": "1001",
        "method": fields(page, "method")[0],
        "cap": cap,
    }
    return sent_from(client.post(reverse("auto_pay_set_up"), chosen, follow=True))


def sent_from(page: Any) -> dict[str, str]:
    names = ("form_id", "accounts", "method", "cap", "shown")
    return {name: found[0] for name in names if (found := fields(page, name))}


def chosen_method(page: Any) -> list[str]:
    return re.findall(r'name="method"[^>]*value="([^"]+)" checked', page.content.decode())


def plan_of(cast: Cast) -> Any:
    view = see_auto_pay(user_id=cast.maria.user.pk, number="1001", on=TODAY, zone=CHICAGO)
    return view.plan


class TestTurningOn:
    def test_takes_four_screens_and_keeps_the_words_as_shown(
        self, maria: Client, billed: Cast
    ) -> None:
        assert "Off: turn it on" in words(maria.get(reverse("auto_pay")))

        done = turn_on(maria, cap="300")

        assert done.redirect_chain == [(reverse("auto_pay_account", args=["1001"]), 303)]
        assert "Auto Pay is on" in words(done)
        kept = Consent.objects.get(kind="auto_pay")
        assert "If a bill comes to more than $300.00, nothing is taken" in kept.text
        assert (kept.language, kept.ip_address) == ("en", "127.0.0.1")
        assert kept.text in Message.objects.get(template="auto_pay_agreed").body

    def test_names_no_day_that_a_policy_may_move(self, maria: Client) -> None:
        turn_on(maria)
        set_policy(
            key="auto_pay.days_before_due",
            value=5,
            effective_from=dt.date(2024, 1, 1),
            source_note="board",
            author="board",
            now=NOW,
        )

        assert "on its due date" not in words(maria.get(reverse("auto_pay")))

    def test_says_that_the_bill_of_before_is_paid_by_hand_and_leads_there(
        self, maria: Client
    ) -> None:
        page = maria.get(reverse("auto_pay_set_up"), {"account": "1001"})

        assert "$284.67 is due now. Bills made before today are to be paid by hand." in words(page)
        assert f'href="{reverse("pay_due")}?account=1001"' in page.content.decode()
        # 1 December, due the 22nd, a Sunday: taken on the 23rd
        assert "December 1, 2024" in words(page)
        assert "Dec 23, 2024" in words(page)

    def test_what_is_agreed_to_has_an_address_of_its_own_and_can_be_changed(
        self, maria: Client
    ) -> None:
        page = maria.get(reverse("auto_pay_set_up"), {"account": "1001"})
        chosen = {
            "form_id": fields(page, "form_id")[0],
            "accounts": "1001",
            "method": fields(page, "method")[0],
            "cap": "250",
        }

        sent = maria.post(reverse("auto_pay_set_up"), chosen)
        agreed = maria.get(sent.headers["Location"])
        back = re.search(r'class="back" href="([^"]+)"', agreed.content.decode())
        assert back is not None
        again = maria.get(back[1].replace("&amp;", "&"))

        assert (sent.status_code, sent.headers["Location"]) == (303, reverse("auto_pay_agree"))
        assert "more than $250.00" in words(agreed)
        assert fields(again, "cap") == ["250"]
        assert fields(again, "accounts") == ["1001"]

    def test_what_is_stored_while_changing_goes_before_what_was_chosen(
        self, maria: Client, billed: Cast, gateway: Simulator
    ) -> None:
        page = maria.get(reverse("auto_pay_set_up"), {"account": "1001"})
        other = str(Wallet(gateway).add(billed.maria, GOOD))
        chosen = {
            "form_id": fields(page, "form_id")[0],
            "accounts": "1001",
            "method": other,
            "cap": "",
        }
        maria.post(reverse("auto_pay_set_up"), chosen)
        change = f"{reverse('auto_pay_set_up')}?account=1001&again=yes"
        as_before = chosen_method(maria.get(change))
        returned = gateway.give_card(maria.post(reverse("pay_card")).headers["Location"], GOOD)
        back = maria.get(reverse("pay_card_return"), {"setup": returned}, follow=True)

        assert as_before == [other]
        assert back.redirect_chain[-1][0] == change
        assert len(chosen_method(back)) == 1
        assert chosen_method(back) != [other]
        assert set(chosen_method(back)).isdisjoint(fields(page, "method"))

    def test_nothing_chosen_leads_from_the_words_to_the_choice(self, maria: Client) -> None:
        answer = maria.get(reverse("auto_pay_agree"))

        assert answer.headers["Location"] == reverse("auto_pay_set_up")

    def test_without_a_method_leads_to_the_gateways_form_and_back_to_the_set_up(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator
    ) -> None:
        maria = sign_in(billed.maria)
        maria.get("/pay/due/")  # a payment begun before is not what the card is for
        page = maria.get(reverse("auto_pay_set_up"), {"account": "1001"})
        form = maria.post(reverse("pay_card")).headers["Location"]
        returned = gateway.give_card(form, GOOD)
        back = maria.get(reverse("pay_card_return"), {"setup": returned})

        assert reverse("pay_card") in page.content.decode()
        assert not fields(page, "form_id")
        assert back.headers["Location"] == f"{reverse('auto_pay_set_up')}?account=1001"
        again = maria.get(back.headers["Location"]).content.decode()
        assert re.search(r'name="method"[^>]* checked', again)

    def test_what_was_stored_on_the_way_is_chosen_before_what_was_drawn_on(
        self, maria: Client, gateway: Simulator
    ) -> None:
        turn_on(maria)
        page = maria.get(reverse("auto_pay_set_up"), {"account": "1001"})
        (old,) = fields(page, "method")
        returned = gateway.give_card(maria.post(reverse("pay_card")).headers["Location"], GOOD)
        back = maria.get(reverse("pay_card_return"), {"setup": returned}, follow=True)

        assert len(chosen_method(back)) == 1
        assert chosen_method(back) != [old]

    @pytest.mark.parametrize("cap", ["0", "-5", "12.345", "ten", "1" * 12])
    def test_with_a_limit_that_is_none_says_so_beside_the_field(
        self, maria: Client, cap: str
    ) -> None:
        page = maria.get(reverse("auto_pay_set_up"), {"account": "1001"})
        answer = maria.post(
            reverse("auto_pay_set_up"),
            {
                "form_id": fields(page, "form_id")[0],
                "accounts": "1001",
                "method": fields(page, "method")[0],
                "cap": cap,
            },
        )

        assert 'id="id_cap-error"' in answer.content.decode()
        assert not Consent.objects.filter(kind="auto_pay").exists()

    def test_in_spanish_keeps_spanish_words(self, maria: Client) -> None:
        maria.cookies["django_language"] = "es"

        turn_on(maria)

        assert Consent.objects.get(kind="auto_pay").text.startswith("Permito a ")

    def test_sent_twice_agrees_once(self, maria: Client) -> None:
        page = maria.get(reverse("auto_pay_set_up"), {"account": "1001"})
        sent = {
            "form_id": fields(page, "form_id")[0],
            "accounts": "1001",
            "method": fields(page, "method")[0],
            "cap": "",
        }

        for _click in range(2):
            maria.post(reverse("auto_pay_agree"), sent)

        assert Consent.objects.filter(kind="auto_pay").count() == 1

    @pytest.mark.parametrize("changed", ["policy", "language"])
    def test_what_is_agreed_to_is_shown_again_where_its_words_changed_meanwhile(
        self, maria: Client, billed: Cast, changed: str
    ) -> None:
        agreed = choose(maria, cap="300")
        if changed == "policy":
            set_policy(
                key="auto_pay.takes_up_to_limit",
                value=True,
                effective_from=TODAY,
                author="the board",
                now=NOW,
            )
        else:
            maria.cookies["django_language"] = "es"  # on another page

        again = maria.post(reverse("auto_pay_agree"), agreed, follow=True)
        is_on_before = plan_of(billed) is not None
        maria.post(reverse("auto_pay_agree"), sent_from(again))

        assert not is_on_before
        said = {"policy": "that much is taken; I pay the rest", "language": "Permito a "}[changed]
        assert said in words(again)
        assert said in Consent.objects.get(kind="auto_pay").text

    def test_sent_again_from_another_page_after_it_was_stopped_does_not_say_that_it_is_on(
        self, maria: Client, billed: Cast
    ) -> None:
        page = maria.get(reverse("auto_pay_set_up"), {"account": "1001"})
        sent = {
            "form_id": fields(page, "form_id")[0],
            "accounts": "1001",
            "method": fields(page, "method")[0],
            "cap": "",
        }
        maria.post(reverse("auto_pay_agree"), sent)
        maria.post(reverse("auto_pay_change", args=["1001", "stop"]))
        maria.get(reverse("auto_pay"))  # says that it is done

        said = words(maria.post(reverse("auto_pay_agree"), sent, follow=True))

        assert plan_of(billed) is None
        assert "Auto Pay is on." not in said
        assert "Please look again." in said


class TestChanging:
    def test_pauses_takes_up_again_and_stops_after_a_question(
        self, maria: Client, billed: Cast
    ) -> None:
        turn_on(maria)

        for action, state in [("pause", PlanState.PAUSED), ("resume", PlanState.ACTIVE)]:
            address = reverse("auto_pay_change", args=["1001", action])
            assert "?" in words(maria.get(address))
            maria.post(address)
            assert plan_of(billed).state is state
        maria.post(reverse("auto_pay_change", args=["1001", "stop"]))

        assert plan_of(billed) is None
        assert "Off: turn it on" in words(maria.get(reverse("auto_pay")))

    def test_a_bill_above_the_limit_is_asked_about_and_allowed_with_one_button(
        self, maria: Client, billed: Cast, sign_in: SignIn
    ) -> None:
        turn_on(maria, cap="1")
        december = NOW + dt.timedelta(days=26)
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)
        with time_machine.travel(december):
            close_billing_cycle(cycle_code="C1", bill_date=SECOND_BILL, now=december)
            maria = sign_in(billed.maria)
            page = maria.get(reverse("auto_pay_account", args=["1001"]))
            address = re.search(r'action="([^"]*/drafts/[^"]*)"', page.content.decode())
            assert address is not None
            maria.post(address[1])
            after = words(maria.get(reverse("auto_pay_account", args=["1001"])))

        assert "waits for your word" in words(page)
        assert "planned" in after

    def test_an_unknown_action_is_nothing(self, maria: Client) -> None:
        assert maria.get(reverse("auto_pay_change", args=["1001", "delete"])).status_code == 404


class TestWhatIsLeftToIt:
    PAGES = (("home", ()), ("bills", ()), ("bill", ("1001", "1001-241201")))

    @pytest.fixture
    def december(self, maria: Client, billed: Cast) -> Iterator[None]:
        """The bill of November is paid; that of December is announced to be drafted on the 23rd."""
        pay(billed.account_1001, 284_67, TODAY)
        turn_on(maria)
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)
        close(SECOND_BILL, announce=True)
        with time_machine.travel(dt.datetime(2024, 12, 5, 18, 0, tzinfo=dt.UTC)):
            yield

    def said(self, billed: Cast, sign_in: SignIn) -> list[str]:
        maria = sign_in(billed.maria)
        return [words(maria.get(reverse(name, args=args))) for name, args in self.PAGES]

    @pytest.mark.usefixtures("december")
    def test_every_page_says_the_day_and_that_nothing_need_be_done(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        for page in self.said(billed, sign_in):
            assert "Monday, December 23" in page
            assert "You need not do anything." in page
            assert re.search(r"Pay \$[0-9.]+ now instead|Pay now instead", page)
        review = sign_in(billed.maria).get(reverse("pay_due"), follow=True)
        assert "of account 1001 by itself, from December 23, 2024 on" in words(review)

    @pytest.mark.usefixtures("december")
    def test_once_it_is_paused_every_page_asks_for_the_money(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        sign_in(billed.maria).post(reverse("auto_pay_change", args=["1001", "pause"]))

        for page in self.said(billed, sign_in):
            assert "Auto Pay is paused: pay this by hand, or turn it on again." in page
            assert "You need not do anything." not in page
            assert re.search(r"Pay \$[0-9.]+", page)

    @pytest.mark.usefixtures("december")
    def test_whoever_may_only_look_is_told_the_day_and_nothing_of_the_plan(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        ben = sign_in(billed.ben)
        before = words(ben.get(reverse("bill", args=["1001", "1001-241201"])))
        sign_in(billed.maria).post(reverse("auto_pay_change", args=["1001", "pause"]))
        after = words(ben.get(reverse("bill", args=["1001", "1001-241201"])))

        assert re.search(r"Auto Pay takes \$[0-9.]+ on Monday, December 23", before)
        for said in (before, after):
            assert "See Auto Pay" not in said
            assert "paused" not in said
            assert "You need not do anything" not in said


class TestAskedByOthers:
    @pytest.mark.parametrize("name", ["auto_pay_account", "auto_pay_set_up"])
    def test_rosa_and_whoever_may_only_look_get_nothing(
        self, billed: Cast, sign_in: SignIn, name: str
    ) -> None:
        rosa = sign_in(billed.rosa)

        if name == "auto_pay_account":
            assert rosa.get(reverse(name, args=["1001"])).status_code == 404
        else:
            assert rosa.get(reverse(name), {"account": "1001"}).status_code == 404


class TestComingFromTheOldSystem:
    def test_opens_the_set_up_with_account_and_limit_filled_in(
        self, maria: Client, billed: Cast
    ) -> None:
        propose()

        home = maria.get(reverse("home"))
        listed = maria.get(reverse("auto_pay"))
        address = f"{reverse('auto_pay_set_up')}?account=1001"
        page = maria.get(reverse("auto_pay_set_up"), {"account": "1001"})

        for shown in (home, listed):
            assert "Auto Pay was on in the old system" in words(shown)
            assert f'href="{address}"' in shown.content.decode()
        assert fields(page, "cap") == ["250.00"]
        assert fields(page, "accounts") == ["1001"]
        assert "In the old system Auto Pay drew on Visa 1881." in words(page)

    def test_comes_second_where_something_is_past_due(self, billed: Cast, sign_in: SignIn) -> None:
        propose()

        with time_machine.travel(dt.datetime(2024, 11, 25, 18, 0, tzinfo=dt.UTC)):
            said = words(sign_in(billed.maria).get(reverse("home")))

        first, then = said.index("First: what is past due"), said.index("Then: Auto Pay, which was")
        assert first < then
        assert "One thing to do" not in said

    def test_is_asked_no_more_once_it_is_on_or_refused(self, maria: Client, billed: Cast) -> None:
        propose()

        said = maria.post(reverse("auto_pay_refuse", args=["1001"]), follow=True)
        again = maria.post(reverse("auto_pay_refuse", args=["1001"]), follow=True)

        assert "It stays off." in words(said)
        assert "nothing was changed" in words(again)
        assert "old system" not in words(maria.get(reverse("home")))


class TestTheCredit:
    def test_is_said_before_and_followed_until_it_is_on_a_bill(
        self, maria: Client, billed: Cast
    ) -> None:
        give_credit(billed)
        before = words(maria.get(reverse("auto_pay_set_up"), {"account": "1001"}))

        pending = words(turn_on(maria))
        for serial, value in (("PR00000001", "1000"), ("PR00000002", "80"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)
        close_billing_cycle(
            cycle_code="C1",
            bill_date=SECOND_BILL,
            now=dt.datetime(2024, 12, 1, 11, 0, tzinfo=dt.UTC),
            announce=True,
        )
        posted = words(maria.get(reverse("auto_pay_account", args=["1001"])))
        bill = words(maria.get(reverse("bill", args=["1001", "1001-241201"])))

        assert "Turning Auto Pay on today earns you $10.00, once." in before
        assert "Earned $10.00 Pending $10.00 On your bills $0.00" in pending
        assert "Pending: goes on your bill of about Dec 1, 2024 $5.00" in pending
        assert "Earned $10.00 Pending $0.00 On your bills $10.00" in posted
        assert "On your bill of Dec 1, 2024 $5.00" in posted
        assert re.search(r"Auto Pay credit \D{1,2}\$10\.00", bill)
        assert "Adjustments" not in bill


def test_the_guide_is_open_to_everybody_and_linked_from_every_screen(
    maria: Client, billed: Cast
) -> None:
    guide = reverse("auto_pay_guide")

    assert Client().get(guide).status_code == 200
    turn_on(maria)
    for address in (
        reverse("auto_pay"),
        reverse("auto_pay_set_up") + "?account=1001",
        reverse("auto_pay_account", args=["1001"]),
    ):
        assert f'href="{guide}"' in maria.get(address).content.decode()


def propose() -> None:
    import_proposals(
        rows=[{"account": "1001", "cap": "250", "drew_on": "Visa 1881"}],
        columns=("account", "cap", "drew_on"),
        source_system="legacy",
        now=NOW,
    )


def give_credit(cast: Cast) -> None:
    set_programme(
        user_id=cast.dana.user.pk,
        programme=CreditProgramme(
            ProgrammeId(uuid4()),
            Money(5_00),
            dt.date(2024, 1, 1),
            None,
            ("electric", "gas"),
            for_migrated=True,
            source_note="the board",
        ),
        now=NOW,
    )
