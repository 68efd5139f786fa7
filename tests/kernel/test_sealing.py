"""Sealed words: unreadable as kept, opened by old keys, sealed by the newest alone."""

from __future__ import annotations

import pytest

from smarthub.kernel.sealing import SealBroken, Sealer, new_key

OLD, NEW = new_key(), new_key()


def test_what_is_sealed_cannot_be_read_and_never_looks_the_same() -> None:
    sealer = Sealer([OLD])

    first, second = sealer.seal("123456789"), sealer.seal("123456789")

    assert "123456789" not in first
    assert first != second
    assert sealer.open(first) == sealer.open(second) == "123456789"


def test_a_new_key_opens_what_an_old_one_sealed_and_then_does_without_it() -> None:
    sealed = Sealer([OLD]).seal("123456789")

    again = Sealer([NEW, OLD]).seal_again(sealed)

    assert Sealer([NEW]).open(again) == "123456789"
    with pytest.raises(SealBroken):
        Sealer([NEW]).open(sealed)


@pytest.mark.parametrize("keys", [[], [NEW]])
def test_without_the_right_key_nothing_opens(keys: list[str]) -> None:
    with pytest.raises(SealBroken):
        Sealer(keys).open(Sealer([OLD]).seal("123456789"))


def test_one_changed_letter_is_found() -> None:
    sealed = Sealer([OLD]).seal("123456789")
    changed = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]

    with pytest.raises(SealBroken):
        Sealer([OLD]).open(changed)


def test_a_sealer_tells_no_key() -> None:
    assert OLD not in repr(Sealer([OLD])) + str(vars(Sealer([OLD])))
