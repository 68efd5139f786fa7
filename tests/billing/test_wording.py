"""The printed bill's words: both languages, the same places to fill, nothing unnamed."""

from __future__ import annotations

from string import Formatter

import pytest

from smarthub.accounts.models import Service
from smarthub.billing.wording import LABELS, READ_KINDS, SERVICES, UNITS
from smarthub.kernel.quantity import Unit
from smarthub.kernel.text import Text
from smarthub.metering.models import RegisterRead


def places(words: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(words) if name}


class TestTheWords:
    @pytest.mark.parametrize("label", LABELS.values(), ids=LABELS.keys())
    def test_have_the_same_places_to_fill_in_both_languages(self, label: Text) -> None:
        assert places(label.en) == places(label.es)

    def test_name_every_service_and_kind_of_read(self) -> None:
        assert set(SERVICES) == set(Service.values)
        assert set(READ_KINDS) == set(RegisterRead.Kind.values)

    def test_name_every_unit_but_the_dollar_which_is_written_as_money(self) -> None:
        assert {unit.value for unit in Unit} - set(UNITS) == {Unit.DOLLAR.value}
