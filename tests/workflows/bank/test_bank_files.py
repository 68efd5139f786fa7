"""Files to and from the bank: drawn once, booked on their day, and answered by the return's code.

Every row of the table of return and change codes (payments reference, section 2.2) is a test.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from dataclasses import replace

import achkit
import pytest
from django.db import connection

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.sealing import SealBroken, Sealer, new_key
from smarthub.payments.engine import RETURN_CODES, RETURN_RULES, retries_left
from smarthub.payments.models import (
    BankAccount,
    Fee,
    MoneyFile,
    MoneyFileRow,
    SentEntry,
    StoredMethod,
)
from smarthub.payments.operations import (
    BankAccountBeingChecked,
    BankAccountRefused,
    BankFileChanged,
    NothingToSend,
    OwnOriginationOff,
    draw_bank_file,
    seal_accounts_again,
    store_bank_account,
)
from smarthub.payments.operations.beginning import insert_attempts
from smarthub.payments.ports import BankFileRefused, EntryClass
from smarthub.payments.queries import list_waiting_attempts
from smarthub.payments.types import PaymentStatus, RowOutcome
from smarthub.workflows.bank.bank_files import send_bank_file, settle_bank_entries
from tests.cast import NOW, TODAY, Cast
from tests.workflows.both_books import exceptions, on, status
from tests.workflows.own_files import ACCOUNT, DAY, NACHA, NUMBER, PROVED, SETTLED, Bank
from tests.workflows.wallet import bill, owed, subjects

FIFTY = 50_00
RULES = sorted(RETURN_RULES)
UNUSUAL = sorted(RETURN_CODES - RETURN_RULES.keys())


@pytest.fixture
def bank(cast: Cast) -> Bank:
    bill(cast.account_1001, 100_00)
    return Bank(cast)


class TestKeeping:
    def test_a_number_is_in_one_column_and_there_it_cannot_be_read(
        self, bank: Bank, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            bank.draw(FIFTY)
            bank.hear(bank.say("C01", told="987654321098"))

        assert tables_that_hold(NUMBER) == []
        assert tables_that_hold("987654321098") == []
        assert NUMBER not in caplog.text
        assert NUMBER not in repr(ACCOUNT)
        assert bank.sealer.open(BankAccount.objects.get().sealed_number) == "987654321098"

    def test_is_off_until_the_co_op_says_otherwise(self, bank: Bank) -> None:
        with pytest.raises(OwnOriginationOff):
            store_bank_account(
                account=ACCOUNT,
                person_id=bank.cast.maria.person_id,
                on=TODAY,
                sealer=bank.sealer,
                now=NOW,
            )

        assert not StoredMethod.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("routing", "021000022"),
            ("routing", "000000000"),
            ("number", "12"),
            ("number", "----"),
            ("name", " "),
            ("name", "李"),
        ],
    )
    def test_what_is_no_account_is_refused(self, bank: Bank, field: str, value: str) -> None:
        bank.store()
        wrong = type(ACCOUNT)(
            **{name: getattr(ACCOUNT, name) for name in ACCOUNT.__slots__} | {field: value}
        )

        with pytest.raises(BankAccountRefused) as refused:
            store_bank_account(
                account=wrong,
                person_id=bank.cast.maria.person_id,
                on=TODAY,
                sealer=bank.sealer,
                now=NOW,
            )

        assert refused.value.values == {"field": field}

    def test_a_key_is_changed_and_the_old_one_thrown_away(self, bank: Bank) -> None:
        old, new = new_key(), new_key()
        bank.sealer = Sealer([old])
        bank.store()

        assert seal_accounts_again(sealer=Sealer([new, old])) == 1

        assert Sealer([new]).open(BankAccount.objects.get().sealed_number) == NUMBER
        with pytest.raises(SealBroken):
            seal_accounts_again(sealer=Sealer([old]))


class TestSending:
    def test_a_business_is_drawn_on_in_a_batch_of_its_own_kind(self, bank: Bank) -> None:
        business = replace(ACCOUNT, name="Apple River Dairy LLC", entry_class=EntryClass.CCD)
        methods = [bank.store(), bank.store(business)]
        asked = achkit.parse(bank.send(NOW).decode())["batches"]
        for method in methods:
            bank.begin(method, FIFTY)

        content = bank.send(PROVED).decode()
        drawn = achkit.parse(content)["batches"]

        assert [each["sec"] for each in asked] == ["CCD", "PPD"]
        assert [(each["sec"], len(each["entries"])) for each in drawn] == [
            ("CCD", 1),
            ("PPD", 1),
        ]
        assert drawn[0]["entries"][0]["txn_code"] == 27
        assert achkit.validate(content)["ok"]

    def test_an_account_is_asked_first_and_drawn_on_three_banking_days_later(
        self, bank: Bank
    ) -> None:
        method = bank.store()
        with pytest.raises(BankAccountBeingChecked):
            bank.begin(method, FIFTY, payment_id=uuid.uuid4(), now=NOW)
        insert_attempts([bank.payment(method, FIFTY)], "sandbox", NOW)  # as if one were let through

        asked = achkit.parse(bank.send(NOW).decode())["batches"][0]
        with pytest.raises(NothingToSend):
            bank.send(PROVED - 2 * DAY)  # Wednesday: asked on Monday, two banking days passed
        drawn = achkit.parse(bank.send(PROVED).decode())["batches"][0]

        assert [(e["txn_code"], e["amount_cents"]) for e in asked["entries"]] == [(28, 0)]
        assert asked["effective_date"] == "261123"  # Monday after Sunday
        assert [(e["txn_code"], e["amount_cents"]) for e in drawn["entries"]] == [(27, FIFTY)]
        assert drawn["effective_date"] == "261130"  # made on Friday

    def test_the_judge_takes_the_file_and_it_can_be_drawn_again(self, bank: Bank) -> None:
        bank.store()

        content = bank.send(NOW)
        again = draw_bank_file(
            file_id=SentEntry.objects.get().file_id, layout=NACHA, sealer=bank.sealer
        )

        assert achkit.validate(content.decode()) == {"ok": True, "errors": []}
        assert again == content

    def test_a_payment_goes_out_once_and_to_no_gateway(self, bank: Bank) -> None:
        bank.draw(FIFTY)

        with pytest.raises(NothingToSend):
            bank.send(SETTLED)

        assert SentEntry.objects.exclude(attempt=None).count() == 1
        assert list_waiting_attempts(made_before=SETTLED) == []

    def test_it_is_booked_on_its_day_and_not_before(self, bank: Bank) -> None:
        method = bank.store()
        bank.send(NOW)
        bank.begin(method, FIFTY, payment_id=uuid.uuid4())
        bank.send(PROVED)

        assert settle_bank_entries(on=dt.date(2026, 11, 29), now=SETTLED) == 0
        assert owed(bank.cast.account_1001) == Money(100_00)
        assert settle_bank_entries(on=dt.date(2026, 11, 30), now=SETTLED) == 1
        assert settle_bank_entries(on=dt.date(2026, 11, 30), now=SETTLED) == 0
        assert owed(bank.cast.account_1001) == Money(50_00)
        assert on("clearing:bank_file:ach") == FIFTY

    def test_nobody_but_staff_makes_one(self, bank: Bank) -> None:
        bank.store()

        with pytest.raises(NotVisible):
            send_bank_file(
                user_id=bank.cast.rosa.user.pk, layout=NACHA, sealer=bank.sealer, now=NOW
            )


class TestReturns:
    @pytest.mark.parametrize("code", RULES)
    def test_each_code_of_the_table_does_what_its_row_says(self, bank: Bank, code: str) -> None:
        payment_id, rule = bank.draw(FIFTY), RETURN_RULES[code]

        (row,) = bank.hear(bank.say(code, FIFTY))

        fee = 25_00 if code in {"R01", "R09"} else 0
        assert row.outcome is RowOutcome.RETURNED
        assert status(payment_id) is PaymentStatus.RETURNED
        assert owed(bank.cast.account_1001) == Money(100_00 + fee)
        assert on("clearing:bank_file:ach") == 0
        gone = StoredMethod.objects.get().removed_because
        assert gone == (code if code not in {"R01", "R09", "R08", "R24"} else "")
        assert exceptions() == ([rule.case] if rule.case else [])
        assert subjects()[1:] == ["Your payment of $50.00 was returned"]

    def test_the_table_is_the_references(self) -> None:
        cases = {code: rule.case for code, rule in RETURN_RULES.items() if rule.case}

        assert {code for code, rule in RETURN_RULES.items() if rule.retries} == {"R01", "R09"}
        assert cases == {
            **dict.fromkeys(("R05", "R07", "R10", "R11", "R29", "R51"), "returned_unauthorised"),
            "R08": "returned",
            "R24": "returned_duplicate",
        }

    @pytest.mark.parametrize("code", UNUSUAL[:3])
    def test_an_unusual_code_is_reversed_and_put_before_staff(self, bank: Bank, code: str) -> None:
        bank.draw(FIFTY)

        bank.hear(bank.say(code, FIFTY))

        assert owed(bank.cast.account_1001) == Money(100_00)
        assert exceptions() == ["returned"]

    @pytest.mark.parametrize("code", ["R61", "R77", "R99", "X01"])
    def test_an_unknown_code_is_parked_and_changes_nothing(self, bank: Bank, code: str) -> None:
        payment_id = bank.draw(FIFTY)

        (row,) = bank.hear(bank.say(code, FIFTY))

        assert row.outcome is RowOutcome.UNKNOWN_CODE
        assert status(payment_id) is PaymentStatus.PAID
        assert exceptions() == ["bank_unknown_code"]

    def test_of_a_payment_never_made_is_parked(self, bank: Bank) -> None:
        bank.draw(FIFTY)

        (row,) = bank.hear(bank.say("R01", FIFTY, trace="091000010009999"))

        assert row.outcome is RowOutcome.UNKNOWN_ENTRY
        assert owed(bank.cast.account_1001) == Money(50_00)
        assert exceptions() == ["bank_unknown_entry"]

    @pytest.mark.parametrize("code", ["R01", "C01"])
    def test_of_another_company_of_the_same_bank_is_parked(self, bank: Bank, code: str) -> None:
        bank.draw(FIFTY)
        content = bank.say(code, FIFTY, told="987654321")
        theirs = content.replace(b"1361234567", b"1999999999")

        rows = [*bank.hear(theirs), *bank.hear(theirs)]

        assert [row.outcome for row in rows] == [RowOutcome.UNKNOWN_ENTRY, RowOutcome.KNOWN]
        assert exceptions() == ["bank_unknown_entry"]
        assert owed(bank.cast.account_1001) == Money(50_00)
        assert bank.sealer.open(BankAccount.objects.get().sealed_number) == NUMBER
        assert bank.hear(content)[0].outcome in {RowOutcome.RETURNED, RowOutcome.CHANGED}

    def test_of_another_amount_is_parked(self, bank: Bank) -> None:
        bank.draw(FIFTY)

        (row,) = bank.hear(bank.say("R01", FIFTY + 1))

        assert row.outcome is RowOutcome.DIFFERS
        assert owed(bank.cast.account_1001) == Money(50_00)
        assert exceptions() == ["bank_differs"]

    def test_once_the_bank_corrects_the_amount_it_is_booked(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        bank.hear(bank.say("R01", FIFTY + 1))

        (row,) = bank.hear(bank.say("R01", FIFTY))

        assert row.outcome is RowOutcome.RETURNED
        assert owed(bank.cast.account_1001) == Money(125_00)

    def test_the_same_file_twice_is_harmless(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        content = bank.say("R01", FIFTY)

        first, second = bank.hear(content), bank.hear(content)

        assert [row.outcome for row in (*first, *second)] == [
            RowOutcome.RETURNED,
            RowOutcome.KNOWN,
        ]
        assert owed(bank.cast.account_1001) == Money(125_00)
        assert (Fee.objects.count(), MoneyFile.objects.count()) == (1, 1)

    def test_the_same_return_in_another_file_is_harmless_too(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        content = bank.say("R01", FIFTY)
        bank.hear(content)

        (again,) = bank.hear(content.replace(b"FIRST BANK", b"OTHER BANK"))

        assert again.outcome is RowOutcome.KNOWN
        assert owed(bank.cast.account_1001) == Money(125_00)

    def test_a_second_return_with_another_code_is_parked(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        bank.hear(bank.say("R01", FIFTY))

        (row,) = bank.hear(bank.say("R10", FIFTY))

        assert row.outcome is RowOutcome.FOR_STAFF
        assert exceptions() == ["returned_twice"]
        assert owed(bank.cast.account_1001) == Money(125_00)

    def test_a_preview_says_the_same_and_writes_nothing(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        content = bank.say("R01", FIFTY)

        shown = bank.preview(content)

        assert owed(bank.cast.account_1001) == Money(50_00)
        assert not MoneyFile.objects.exists()
        assert shown == bank.hear(content)

    def test_a_damaged_file_changes_nothing(self, bank: Bank) -> None:
        bank.draw(FIFTY)

        with pytest.raises(BankFileRefused):
            bank.hear(bank.say("R01", FIFTY)[:-300])

        assert not MoneyFile.objects.exists()
        assert owed(bank.cast.account_1001) == Money(50_00)

    def test_a_return_before_the_day_of_booking_books_both(self, bank: Bank) -> None:
        method, payment_id = bank.store(), uuid.uuid4()
        bank.send(NOW)
        bank.begin(method, FIFTY, payment_id=payment_id)
        bank.send(PROVED)

        bank.hear(bank.say("R03", FIFTY))

        assert settle_bank_entries(on=SETTLED.date(), now=SETTLED) == 0
        assert owed(bank.cast.account_1001) == Money(100_00)
        assert status(payment_id) is PaymentStatus.RETURNED

    def test_a_returned_prenote_takes_the_account_away(self, bank: Bank) -> None:
        bank.store()
        bank.send(NOW)

        (row,) = bank.hear(bank.say("R04", 0))

        assert row.outcome is RowOutcome.PRENOTE_RETURNED
        assert StoredMethod.objects.get().removed_because == "R04"


class TestRetries:
    @pytest.mark.parametrize(
        ("code", "made", "days", "left"),
        [
            ("R01", 0, 3, 2),
            ("R09", 1, 30, 1),
            ("R01", 2, 30, 0),
            ("R01", 0, 180, 2),
            ("R01", 0, 181, 0),
            ("R08", 0, 3, 0),
            ("R02", 0, 3, 0),
            ("R10", 0, 3, 0),
            ("R99", 0, 3, 0),
        ],
    )
    def test_twice_at_most_within_180_days_for_want_of_money_alone(
        self, code: str, made: int, days: int, left: int
    ) -> None:
        then = TODAY + dt.timedelta(days=days)

        assert retries_left(code=code, first_sent_on=TODAY, retries_made=made, on=then) == left


class TestNoticesOfChange:
    @pytest.mark.parametrize(
        ("code", "told", "changed"),
        [
            ("C01", "987654321", {"number": "987654321"}),
            ("C02", "091000019", {"routing": "091000019"}),
            ("C03", "091000019   987654321", {"routing": "091000019", "number": "987654321"}),
            ("C04", "MARIA ALVAREZ DE LEON", {"name": "MARIA ALVAREZ DE LEON"}),
            ("C05", "37", {"kind": "savings"}),
            ("C06", "987654321           37", {"number": "987654321", "kind": "savings"}),
            (
                "C07",
                "091000019987654321        37",
                {"routing": "091000019", "number": "987654321", "kind": "savings"},
            ),
        ],
    )
    def test_each_code_changes_what_its_row_says(
        self, bank: Bank, code: str, told: str, changed: dict[str, str]
    ) -> None:
        bank.draw(FIFTY)

        (row,) = bank.hear(bank.say(code, told=told))

        account = BankAccount.objects.get()
        kept = {
            "number": bank.sealer.open(account.sealed_number),
            "routing": account.routing,
            "name": account.name,
            "kind": account.kind,
        }
        before = {
            "number": NUMBER,
            "routing": "021000021",
            "name": "Maria Alvarez",
            "kind": "checking",
        }
        assert row.outcome is RowOutcome.CHANGED
        assert kept == before | changed
        assert StoredMethod.objects.get().last4 == kept["number"][-4:]
        assert owed(bank.cast.account_1001) == Money(50_00)

    @pytest.mark.parametrize(
        ("code", "told"),
        [
            ("C09", "0010004821"),
            ("C13", ""),
            ("C02", "091000018"),  # fails its check
            ("C05", "99"),
            ("C01", ""),
            ("C99", "x"),
        ],
    )
    def test_what_cannot_be_written_by_itself_is_put_before_staff(
        self, bank: Bank, code: str, told: str
    ) -> None:
        bank.draw(FIFTY)

        (row,) = bank.hear(bank.say(code, told=told))

        assert row.outcome is RowOutcome.FOR_STAFF
        assert exceptions() == ["bank_for_staff"]
        assert bank.sealer.open(BankAccount.objects.get().sealed_number) == NUMBER

    def test_a_corrected_account_cannot_draw_its_old_file_again(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        bank.hear(bank.say("C01", told="987654321"))

        with pytest.raises(BankFileChanged):
            draw_bank_file(
                file_id=SentEntry.objects.order_by("-pk")[0].file_id,
                layout=NACHA,
                sealer=bank.sealer,
            )

    def test_no_row_keeps_what_the_bank_told(self, bank: Bank) -> None:
        bank.draw(FIFTY)
        bank.hear(bank.say("C01", told="987654321098"))

        assert "9876543210" not in str(list(MoneyFileRow.objects.values()))


def tables_that_hold(text: str) -> list[str]:
    """Return the tables in any row of which a text stands in plain."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            query = f"SELECT count(*) FROM {name} t WHERE t::text LIKE %s"  # noqa: S608
            cursor.execute(query, [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found
