"""Values of the outbox others may hold: a message on its way, and a message as it is shown."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from smarthub.members.types import PersonId

MessageId = NewType("MessageId", int)


class Channel(enum.StrEnum):
    """By what way a message goes; the value is stored."""

    EMAIL = "email"
    TEXT = "text"
    PUSH = "push"
    LETTER = "letter"


class Outcome(enum.StrEnum):
    """How one try at sending ended; the value is stored."""

    SENT = "sent"
    FAILED = "failed"
    """Not sent; it will be tried again."""
    REFUSED = "refused"
    """Not sent, and never will be: somebody has to look at the address."""
    DOWN = "down"
    """The mail system could not be reached; no fault of this message."""


class State(enum.StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    TRIED = "tried"
    """Tried in vain at least once, and still waiting."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to be sent now, with all an adapter needs."""

    id: MessageId
    dedupe_key: str
    channel: Channel
    address: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that left: by which channel, where to, and when."""

    channel: Channel
    address: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as a page shows it; ``detail`` is what the mail system said last, if anything.

    Staff are shown no body: one may hold a code that signs its reader in.
    """

    code: str
    channel: Channel
    template: str
    account_number: str
    address: str
    language: str
    subject: str
    body: str
    queued_at: dt.datetime
    state: State
    detail: str
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class NotedContact:
    """A call, visit or letter as staff noted it; ``by_us`` says who began it."""

    account_number: str
    way: str
    by_us: bool
    about: str
    happened_at: dt.datetime


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One thing staff did about a report."""

    state: str
    note: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ReportView:
    """A suspicious contact somebody reported, with what was done about it, oldest first."""

    id: UUID
    reporter: str
    way: str
    came_from: str
    text: str
    answer_to: str
    has_picture: bool
    reported_at: dt.datetime
    state: str
    steps: tuple[StepTaken, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One of many messages that say the same: whom it is for, and what differs in it."""

    dedupe_key: str
    person_id: PersonId
    account_number: str
    address: str
    own: Mapping[str, object]
