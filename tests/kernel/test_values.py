"""Texts need both languages; quantities keep their unit; errors carry values."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from smarthub.kernel import fault_points
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.kernel.text import Text


class TestText:
    @pytest.mark.parametrize(("en", "es"), [("Bill", ""), ("", "Factura"), ("Bill", "  ")])
    def test_needs_both_languages(self, en: str, es: str) -> None:
        with pytest.raises(ValueError, match="both"):
            Text(en, es)

    def test_reads_spanish_only_to_spanish_readers(self) -> None:
        text = Text("Bill", "Factura")

        assert [text.in_language(x) for x in ("es", "es-mx", "en", "fr")] == [
            "Factura",
            "Factura",
            "Bill",
            "Bill",
        ]
        assert Text.from_json(text.as_json()) == text


class TestQuantity:
    def test_adds_its_own_unit_only(self) -> None:
        ten = Quantity(Decimal(10), Unit.KWH)

        assert ten + ten == Quantity(Decimal(20), Unit.KWH)
        with pytest.raises(ValueError, match="cannot join"):
            _ = ten + Quantity(Decimal(1), Unit.CCF)


class TestErrors:
    def test_carry_the_values_their_words_need(self) -> None:
        error = Refused(due_cents=100)

        assert error.values == {"due_cents": 100}
        assert not isinstance(error, NotVisible)


class TestFaultPoints:
    def test_do_nothing_unless_armed(self) -> None:
        fault_points.reach("never armed")

    def test_let_a_process_pass_that_was_stopped_there_before(self, tmp_path: Path) -> None:
        marker = tmp_path / "marker"
        marker.write_text("was here")
        fault_points.arm("armed in a test", marker)

        fault_points.reach("armed in a test")

        assert marker.read_text() == "was here"
