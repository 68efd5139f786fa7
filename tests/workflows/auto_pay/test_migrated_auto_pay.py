"""Auto Pay of the old system: proposed with its limit, never carried over, set up anew."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from smarthub.auto_pay.models import AutoPayPlan, Proposal
from smarthub.auto_pay.operations import NothingToChange
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.models import Consent
from smarthub.workflows.accounts.account_overview import get_overview
from smarthub.workflows.auto_pay.migrated_auto_pay import (
    ColumnsMissing,
    ProposalFile,
    RowFault,
    import_proposals,
    refuse_proposal,
)
from smarthub.workflows.auto_pay.set_up_auto_pay import list_auto_pay, offer_auto_pay
from smarthub.workflows.auto_pay.sign_up_credits import credit_to_earn
from smarthub.workflows.money.pay_balance import MayNotPay
from tests.billing.village import FIRST_BILL
from tests.cast import Cast
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import EVE, Member
from tests.workflows.auto_pay.test_sign_up_credits import offer, programme
from tests.workflows.closing import close
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

COLUMNS = ("account", "cap", "drew_on", "id")


def take(*rows: dict[str, str], is_trial: bool = False) -> ProposalFile:
    return import_proposals(
        rows=rows, columns=COLUMNS, source_system="legacy", now=EVE, is_trial=is_trial
    )


MARIA = {"account": "1001", "cap": "250.00", "drew_on": "Visa 4242", "id": "RP-7"}


@pytest.fixture
def maria(village: Cast, wallet: Wallet) -> Member:
    return Member(village, wallet)


def proposed(member: Member) -> list[str]:
    overview = get_overview(user_id=member.user_id, on=FIRST_BILL)
    return [account.number for account in overview.auto_pay_again]


class TestTheFile:
    def test_keeps_the_good_rows_and_says_why_not_the_others(self, village: Cast) -> None:
        done = take(
            MARIA,
            {"account": "9999"},
            {"account": ""},
            {"account": "1002", "cap": "0"},
            {"account": "1002", "cap": "ten"},
            {"account": "1002", "drew_on": "4242 4242 4242 4242"},
            {"account": "1002", "drew_on": "x" * 41},
            {"account": " 77-1001-A ", "cap": "9"},
        )

        assert done == ProposalFile(
            rows=8,
            kept=1,
            faults=(
                (3, RowFault.NOT_THERE),
                (4, RowFault.NO_ACCOUNT),
                (5, RowFault.BAD_CAP),
                (6, RowFault.BAD_CAP),
                (7, RowFault.CARD_NUMBER),
                (8, RowFault.TOO_LONG),
                (9, RowFault.TWICE),
            ),
        )
        kept = Proposal.objects.get()
        assert (kept.cap_cents, kept.drew_on) == (250_00, "Visa 4242")
        assert (kept.source_system, kept.source_id) == ("legacy", "RP-7")

    def test_again_keeps_nothing_new(self, village: Cast) -> None:
        take(MARIA)

        assert take(MARIA).kept == 0
        assert Proposal.objects.count() == 1

    def test_on_trial_keeps_nothing(self, village: Cast) -> None:
        assert take(MARIA, is_trial=True) == ProposalFile(1, 0, ())
        assert not Proposal.objects.exists()

    def test_of_another_kind_is_refused(self, village: Cast) -> None:
        for columns in ((), ("number",), ("account", "card_number")):
            with pytest.raises(ColumnsMissing):
                import_proposals(rows=[], columns=columns, source_system="legacy", now=EVE)

    def test_comes_by_a_command(
        self, village: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "auto_pay.csv"
        file.write_text("account,cap,drew_on\n1001,$250,Visa 4242\n1002,,\n4711,,\n")

        call_command("import_auto_pay", str(file), "--from", "legacy")

        told = capsys.readouterr()
        assert told.out == "2 of 3 rows are kept, 2 of them new; 1 have faults\n"
        assert told.err == "line 4: no account has this number\n"
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("import_auto_pay", str(tmp_path / "none.csv"), "--from", "legacy")
        file.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(CommandError, match="no CSV in UTF-8"):
            call_command("import_auto_pay", str(file), "--from", "legacy")

    @pytest.mark.parametrize("between", [".", "/", "_", "\u00a0", "\u2011", " - "])
    def test_keeps_no_card_number_whatever_stands_between_its_digits(
        self, village: Cast, between: str
    ) -> None:
        written = between.join(["4242"] * 4)

        assert take({"account": "1001", "drew_on": written}).faults == ((2, RowFault.CARD_NUMBER),)

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ("1001,1,250.00,Visa 4242,RP-7\n", "line 2: it has more values than columns"),
            ("\r\n1002,,,\r\n\r\n9999,,,\r\n", "line 5: no account has this number"),
            ("1001,,Vi\x00sa,\n", "line 2: a value holds a line break"),
            ("10\x0001,,Visa,\n", "line 2: a value holds a line break"),
            ('1001,,"Visa\n1002,,Visa",\n', "line 3: a value holds a line break"),
        ],
    )
    def test_with_a_bad_row_says_on_which_line(
        self,
        village: Cast,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        rows: str,
        said: str,
    ) -> None:
        file = tmp_path / "auto_pay.csv"
        file.write_text(f"account,cap,drew_on,id\n{rows}", newline="")

        call_command("import_auto_pay", str(file), "--from", "legacy")

        assert capsys.readouterr().err.startswith(said)
        assert not Proposal.objects.filter(account=village.account_1001).exists()

    def test_with_a_quote_left_open_or_a_column_twice_is_refused_whole(
        self, village: Cast, tmp_path: Path
    ) -> None:
        file = tmp_path / "auto_pay.csv"
        for text, said in (
            ('account,id\n1002,RP-1\n1001,"RP-7\n1003,RP-8\n', "no CSV in UTF-8"),
            ("account,cap,cap\n1001,250,300\n", "each once"),
        ):
            file.write_text(text)
            with pytest.raises(CommandError, match=said):
                call_command("import_auto_pay", str(file), "--from", "legacy")

        assert not Proposal.objects.exists()


class TestTheMember:
    def test_is_drafted_nothing_until_she_agrees_anew(self, village: Cast, maria: Member) -> None:
        take(MARIA)
        close(announce=True)

        assert maria.run(FIRST_BILL) == (0, 0)
        assert not AutoPayPlan.objects.exists()
        assert not Consent.objects.filter(kind="auto_pay").exists()

    def test_sees_it_on_home_and_in_the_list_until_it_is_set_up(
        self, village: Cast, maria: Member, wallet: Wallet
    ) -> None:
        take(MARIA)
        (state,) = list_auto_pay(user_id=maria.user_id, on=FIRST_BILL)
        offered = offer_auto_pay(user_id=maria.user_id, number="1001", on=FIRST_BILL).proposal
        before = proposed(maria)

        maria.turn_on(wallet.add(village.maria, GOOD))

        assert before == ["1001"]
        assert state.proposal == offered
        assert offered is not None
        assert (offered.cap, offered.drew_on) == (Money(250_00), "Visa 4242")
        assert proposed(maria) == []

    def test_may_say_no_and_is_not_asked_again(self, village: Cast, maria: Member) -> None:
        take(MARIA)

        refuse_proposal(user_id=maria.user_id, number="1001", now=EVE, zone=CHICAGO)

        assert proposed(maria) == []
        with pytest.raises(NothingToChange):
            refuse_proposal(user_id=maria.user_id, number="1001", now=EVE, zone=CHICAGO)

    def test_is_the_only_one_who_may(self, village: Cast) -> None:
        take(MARIA)

        for player, error in ((village.ben, MayNotPay), (village.rosa, NotVisible)):
            with pytest.raises(error):
                refuse_proposal(user_id=player.user.pk, number="1001", now=EVE, zone=CHICAGO)
            assert get_overview(user_id=player.user.pk, on=FIRST_BILL).auto_pay_again == ()

    def test_earns_the_credit_only_where_staff_say_so(
        self, village: Cast, maria: Member, wallet: Wallet
    ) -> None:
        take(MARIA)
        offer(village, programme(for_migrated=False))

        assert credit_to_earn(account_id=village.account_1001, on=EVE.date()) == Money(0)
        assert credit_to_earn(account_id=village.account_1002, on=EVE.date()) == Money(5_00)
        maria.turn_on(wallet.add(village.maria, GOOD), form=uuid.uuid4())
        assert maria.see().credits == ()
