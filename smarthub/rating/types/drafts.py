"""Drafts of tariffs and what their previews came to, as staff see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NewType

from smarthub.kernel.money import Money

DraftId = NewType("DraftId", int)
PreviewId = NewType("PreviewId", int)


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft: its text, and who saved it last."""

    id: DraftId
    code: str
    text: str
    digest: str
    author: str
    author_id: int
    saved_at: dt.datetime
    published_from: dt.date | None


@dataclass(frozen=True, slots=True)
class PublishedView:
    """A published version, on a list."""

    code: str
    effective_from: dt.date
    name_en: str
    name_es: str
    author: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class BillChange:
    """One service of one bill under a draft; no ``after`` where the draft cannot price it."""

    account_number: str
    bill_number: str
    before: Money
    after: Money | None
    refused: str

    @property
    def difference(self) -> Money:
        """What the draft adds; nothing where it cannot price."""
        return Money(0) if self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class PreviewView:
    """How far a preview is, and its sums; ``is_stale`` once the draft was saved again."""

    id: PreviewId
    draft_id: DraftId
    compared_with: str
    since: dt.date
    bills: int
    done: int
    is_finished: bool
    is_stale: bool
    before: Money
    after: Money
    up: int
    down: int
    same: int
    refused: int
    highest: tuple[BillChange, ...]
    lowest: tuple[BillChange, ...]

    @property
    def difference(self) -> Money:
        """What all bills together would come to more, or less."""
        return self.after - self.before

    @property
    def percent(self) -> int:
        """How much of the preview is done."""
        return 100 * self.done // self.bills if self.bills else 100
