"""Bank files: our writer before others' judges, our reader before others' writer and all damage.

``achkit`` and ``carta-ach`` are others' code and only judge; neither is ever the writer.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import achkit
import pytest
from ach.parser import Parser
from hypothesis import given
from hypothesis import strategies as st

from smarthub.integrations.nacha.format import Nacha
from smarthub.integrations.nacha.records import BLOCK, WIDTH
from smarthub.kernel.money import ZERO, Money
from smarthub.payments.engine import is_routing_number
from smarthub.payments.ports import (
    BankAccountKind,
    BankFile,
    BankFileRefused,
    EntryClass,
    EntryUse,
    ReadBankFile,
)
from tests.integrations.nacha.files import (
    COOP,
    CREATED,
    EFFECTIVE,
    ENTRY,
    ODFI,
    files,
    one,
    routing,
    sent_back,
)

NACHA = Nacha()
TRACE = f"{ODFI[:8]}0000001"
MONEY_COLUMNS = {"6": (30, 39), "8": (5, 44), "9": (2, 55)}
"""By record, the columns in which a changed digit would move or hide money."""


def write(file: BankFile) -> bytes:
    return NACHA.write(file=file, originator=COOP)


def lines_of(content: bytes) -> list[str]:
    return content.decode("ascii").splitlines()


def refusal_of(content: bytes) -> dict[str, Any]:
    with pytest.raises(BankFileRefused) as refused:
        NACHA.read(content=content)
    return refused.value.values


class TestWriting:
    @given(file=files())
    def test_whatever_the_entries_the_first_judge_finds_no_fault(self, file: BankFile) -> None:
        judged = achkit.validate(write(file).decode())

        assert judged == {"ok": True, "errors": []}

    @given(file=files())
    def test_both_judges_read_back_the_same_totals(self, file: BankFile) -> None:
        totals = tuple(
            sum(
                entry.amount.cents
                for batch in file.batches
                for entry in batch.entries
                if entry.use is use
            )
            for use in (EntryUse.DEBIT, EntryUse.CREDIT)
        )
        text = write(file).decode().replace("\r\n", "\n")

        first = achkit.parse(text)["control"]
        second = json.loads(Parser(text).as_json())["file_control"]

        assert (first["total_debit"], first["total_credit"]) == totals
        assert (int(second["debit_amount"]), int(second["credit_amount"])) == totals

    @given(file=files())
    def test_we_read_back_what_we_wrote(self, file: BankFile) -> None:
        read = NACHA.read(content=write(file))

        given_entries = [entry for batch in file.batches for entry in batch.entries]
        assert [(each.use, each.amount, each.account_last4) for each in read.entries] == [
            (entry.use, entry.amount, entry.account[-4:]) for entry in given_entries
        ]
        assert [each.trace[8:] for each in read.entries] == [
            f"{entry.sequence:07}" for entry in given_entries
        ]

    @given(file=files())
    def test_rows_have_94_columns_in_whole_blocks(self, file: BankFile) -> None:
        rows = lines_of(write(file))

        assert {len(row) for row in rows} == {WIDTH}
        assert len(rows) % BLOCK == 0

    def test_a_debit_stands_where_the_book_says(self) -> None:
        rows = lines_of(write(one(ENTRY)))

        # 27 checking debit; 132.47 in ten columns; the trace is the bank's eight digits and 1
        assert rows[2] == (
            "627021000021123456789        0000013247"
            "0010004821     MARIA ALVAREZ           0091000010000001"
        )
        assert rows[1][50:63] == "PPDELECBILL  "
        assert rows[1][69:75] == "261127"
        # hash: the first eight digits of 021000021
        assert rows[3][:44] == "822500000100021000020000000132470000000000" + "00"

    @pytest.mark.parametrize(
        ("use", "kind", "transaction"),
        [
            (EntryUse.CREDIT, BankAccountKind.CHECKING, "22"),
            (EntryUse.CREDIT_PRENOTE, BankAccountKind.CHECKING, "23"),
            (EntryUse.DEBIT, BankAccountKind.CHECKING, "27"),
            (EntryUse.DEBIT_PRENOTE, BankAccountKind.CHECKING, "28"),
            (EntryUse.CREDIT, BankAccountKind.SAVINGS, "32"),
            (EntryUse.CREDIT_PRENOTE, BankAccountKind.SAVINGS, "33"),
            (EntryUse.DEBIT, BankAccountKind.SAVINGS, "37"),
            (EntryUse.DEBIT_PRENOTE, BankAccountKind.SAVINGS, "38"),
        ],
    )
    def test_transaction_codes_are_the_books(
        self, use: EntryUse, kind: BankAccountKind, transaction: str
    ) -> None:
        amount = ZERO if use.is_prenote else Money(1)
        entry = replace(ENTRY, use=use, account_kind=kind, amount=amount)

        assert lines_of(write(one(entry)))[2][1:3] == transaction

    @pytest.mark.parametrize(
        ("uses", "service_class"),
        [
            ([EntryUse.DEBIT, EntryUse.CREDIT], "200"),
            ([EntryUse.CREDIT, EntryUse.CREDIT], "220"),
            ([EntryUse.DEBIT, EntryUse.DEBIT], "225"),
        ],
    )
    def test_a_batch_says_which_sides_it_has(
        self, uses: list[EntryUse], service_class: str
    ) -> None:
        rows = lines_of(write(one(*(replace(ENTRY, use=use) for use in uses))))

        assert rows[1][1:4] == rows[4][1:4] == service_class

    @pytest.mark.parametrize(("is_recurring", "letter"), [(True, "R "), (False, "S ")])
    def test_web_alone_says_whether_it_comes_again(
        self, letter: str, *, is_recurring: bool
    ) -> None:
        entry = replace(ENTRY, is_recurring=is_recurring)

        web, ppd = (
            lines_of(write(one(entry, entry_class=each)))
            for each in (EntryClass.WEB, EntryClass.PPD)
        )

        assert web[2][76:78] == letter
        assert ppd[2][76:78] == "  "

    def test_a_reversal_has_the_opposite_codes_and_nothing_else_differs(self) -> None:
        file = one(ENTRY, replace(ENTRY, use=EntryUse.CREDIT, account_kind=BankAccountKind.SAVINGS))
        batch = file.batches[0]

        back = replace(
            batch,
            description="REVERSAL",
            entries=tuple(
                replace(each, use=each.use.opposite, sequence=number)
                for number, each in enumerate(batch.entries, start=8)
            ),
        )
        rows = lines_of(write(replace(file, batches=(back,))))

        assert rows[1][53:63] == "REVERSAL  "
        assert [row[1:3] for row in rows[2:4]] == ["22", "37"]
        assert [row[3:79] for row in rows[2:4]] == [row[3:79] for row in lines_of(write(file))[2:4]]
        assert [row[87:] for row in rows[2:4]] == ["0000008", "0000009"]

    @pytest.mark.parametrize(
        ("changed", "field", "reason"),
        [
            ({"routing": "011401534"}, "routing", "routing_check"),
            ({"routing": "000000000"}, "routing", "routing_check"),
            ({"routing": "02100002"}, "routing", "routing_check"),
            ({"account": ""}, "account", "missing"),
            ({"account": "1" * 18}, "account", "too_long"),
            ({"account": "12é45"}, "account", "not_plain"),
            ({"amount": Money(-1)}, "amount", "negative"),
            ({"amount": Money(10**10)}, "amount", "too_large"),
            ({"amount": ZERO}, "amount", "moves_nothing"),
            ({"use": EntryUse.DEBIT_PRENOTE}, "amount", "prenote_moves_money"),
            ({"sequence": 0}, "sequence", "too_long"),
        ],
    )
    def test_what_no_bank_could_take_is_refused_with_its_row(
        self, changed: dict[str, Any], field: str, reason: str
    ) -> None:
        file = one(ENTRY)
        batch = replace(file.batches[0], entries=(replace(ENTRY, **changed),))

        with pytest.raises(BankFileRefused) as refused:
            write(replace(file, batches=(batch,)))

        assert refused.value.values == {"line": 3, "field": field, "reason": reason}

    def test_an_empty_batch_is_refused(self) -> None:
        with pytest.raises(BankFileRefused, match="batch_is_empty"):
            write(one())


class TestReading:
    @given(
        debits=st.lists(
            st.tuples(st.integers(1, 99_999_999), st.integers(1, 10**8)), min_size=1, max_size=9
        )
    )
    def test_reads_what_others_wrote(self, debits: list[tuple[int, int]]) -> None:
        theirs = achkit.AchFile.create(ODFI, "1361234567", creation_date=CREATED)
        batch = theirs.batch("WEB", "ELECBILL", EFFECTIVE.isoformat())
        for bank, cents in debits:
            batch.debit("Maria", routing(bank), "123456789", cents, addenda="thanks")

        read = NACHA.read(content=theirs.render().encode())

        assert [entry.amount.cents for entry in read.entries] == [cents for _, cents in debits]
        assert {entry.addenda for entry in read.entries} == {"THANKS"}
        assert read.debits == Money(sum(cents for _, cents in debits))

    @pytest.mark.parametrize(
        "written",
        [
            "\n".join,
            lambda rows: "\r\n".join(rows) + "\r\n\r\n",
            "".join,
            lambda rows: "\N{BYTE ORDER MARK}" + "\n".join(rows),
            lambda rows: "\n".join(row for row in rows if row != "9" * WIDTH),
        ],
        ids=["plain", "windows", "one_long_row", "marked", "without_filling"],
    )
    def test_how_a_file_is_wrapped_does_not_matter(self, written: Any) -> None:
        rows = lines_of(write(one(ENTRY)))

        assert NACHA.read(content=written(rows).encode()).debits == Money(132_47)

    @given(file=files(), data=st.data())
    def test_one_digit_changed_where_money_is_refuses_the_file(
        self, file: BankFile, data: st.DataObject
    ) -> None:
        rows = lines_of(write(file))
        row = data.draw(
            st.sampled_from([n for n, r in enumerate(rows) if r[0] in "689" and r != "9" * WIDTH])
        )
        first, last = MONEY_COLUMNS[rows[row][0]]
        column = data.draw(st.integers(first, last)) - 1
        digit = data.draw(st.sampled_from("0123456789").filter(lambda d: d != rows[row][column]))
        rows[row] = rows[row][:column] + digit + rows[row][column + 1 :]

        assert refusal_of("\n".join(rows).encode())["reason"] == "differs"

    @given(file=files(), data=st.data())
    def test_a_file_cut_anywhere_is_refused(self, file: BankFile, data: st.DataObject) -> None:
        content = write(file)
        end = content.rindex(b"\r\n9" + b"0" * 5)  # the file control
        cut = data.draw(st.integers(0, end + WIDTH))

        with pytest.raises(BankFileRefused):
            NACHA.read(content=content[:cut])

    def test_a_short_line_is_named(self) -> None:
        rows = lines_of(write(one(ENTRY)))
        rows[2] = rows[2][:80]

        assert refusal_of("\n".join(rows).encode()) == {
            "line": 3,
            "field": "record",
            "reason": "not_94_columns",
            "found": 80,
            "expected": 94,
        }

    def test_a_wrong_hash_is_named(self) -> None:
        rows = lines_of(write(one(ENTRY)))
        rows[3] = rows[3][:10] + "0002100003" + rows[3][20:]

        assert refusal_of("\n".join(rows).encode()) == {
            "line": 4,
            "field": "hash",
            "reason": "differs",
            "found": 2100003,
            "expected": 2100002,
        }

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "cut_short"),
            (b"\xff\xfe\x00", "not_text"),
            (b"account,amount\n1001,50.00\n", "not_94_columns"),
            (("5" + " " * 93).encode(), "out_of_order"),
        ],
    )
    def test_what_is_no_bank_file_is_refused(self, content: bytes, reason: str) -> None:
        assert refusal_of(content)["reason"] == reason

    @pytest.mark.parametrize(
        ("row", "first", "last", "text", "reason"),
        [
            (2, 2, 3, "99", "unknown_transaction"),
            (2, 4, 12, "021000022", "routing_check"),
            (2, 79, 79, "1", "differs"),
            (2, 30, 39, "00000132.4", "not_a_number"),
            (3, 45, 54, "9999999999", "differs"),
        ],
    )
    def test_what_cannot_stand_in_a_field_is_refused(
        self, row: int, first: int, last: int, text: str, reason: str
    ) -> None:
        rows = lines_of(write(one(ENTRY)))
        rows[row] = rows[row][: first - 1] + text + rows[row][last:]

        refused = refusal_of("\n".join(rows).encode())

        assert (refused["reason"], refused["line"]) == (reason, row + 1)

    def test_a_second_file_after_the_end_is_refused(self) -> None:
        content = write(one(ENTRY))

        assert refusal_of(content + content)["reason"] == "after_the_end"


class TestWhatCameBack:
    def test_a_return_names_its_code_and_the_entry_it_is_about(self) -> None:
        read = NACHA.read(content=sent_back(("R01", TRACE, 132_47, "")))

        (returned,) = read.returned
        assert (returned.code, returned.original_trace) == ("R01", TRACE)
        assert (returned.amount, returned.line) == (Money(132_47), 4)
        assert read.entries == ()

    def test_a_notice_of_change_brings_what_is_to_be_written_from_now_on(self) -> None:
        read = NACHA.read(content=sent_back(("C01", TRACE, 0, "987654321"), changed=True))

        (changed,) = read.returned
        assert (changed.code, changed.told, changed.amount) == ("C01", "987654321", ZERO)

    def test_an_unknown_code_is_read_all_the_same(self) -> None:
        read = NACHA.read(content=sent_back(("R99", TRACE, 5_00, "")))

        assert read.returned[0].code == "R99"

    def test_the_judge_takes_the_file_the_tests_drew_by_hand(self) -> None:
        text = sent_back(("R01", TRACE, 132_47, ""), ("R03", TRACE, 1, "")).decode()
        text = text.replace("\n626", "\n627")  # it does not count 26, a returned debit, as one

        assert achkit.validate(text) == {"ok": True, "errors": []}

    def test_a_return_with_a_changed_cent_is_refused(self) -> None:
        content = sent_back(("R01", TRACE, 132_47, "")).replace(b"0000013247", b"0000013248", 1)

        assert refusal_of(content)["field"] == "debits"


class TestRoutingNumbers:
    def test_check_digits_worked_by_hand(self) -> None:
        # 3*0+7*2+1*1 + 3*0+7*0+1*0 + 3*0+7*2+1*1 = 30
        assert is_routing_number("021000021")
        assert is_routing_number("011401533")
        # the last digit one more: 31
        assert not is_routing_number("011401534")
        assert not is_routing_number("000000000")


def test_what_is_read_says_whose_file_it_is() -> None:
    read = NACHA.read(content=write(one(ENTRY)))

    assert isinstance(read, ReadBankFile)
    assert (read.origin, read.destination, read.created) == (ODFI, ODFI, "261125")
