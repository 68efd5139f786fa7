"""The words of one message: its template, in the reader's language, with its proof below.

Plain text, so nothing is escaped. A value a template needs and does not get is an error,
not a hole in a member's mail.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

from babel.dates import format_date
from django.conf import settings
from django.template import Context, Engine
from django.utils import translation

from smarthub.kernel.money import Money
from smarthub.kernel.text import Text
from smarthub.notifications.types import Channel

TEMPLATES = Path(__file__).parent / "templates"
SUBJECT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Words:
    """What the reader gets: one line, and the text below it."""

    subject: str
    body: str


class ValueMissing(str):
    """What Django prints for an unknown variable; here it refuses to be printed."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, variable: object) -> NoReturn:
        raise KeyError(str(variable))


def has_text_words(template: str) -> bool:
    """Return whether a message can be said in a text: its ``.text.txt`` is there."""
    return (TEMPLATES / "notifications" / f"{template}.text.txt").is_file()


def write_words(
    *,
    template: str,
    language: str,
    code: str,
    account_number: str,
    values: Mapping[str, object],
    channel: Channel = Channel.EMAIL,
) -> Words:
    """Return the words of ``template`` in ``language``; anything but Spanish reads English.

    Money, dates and ``{en, es}`` texts among ``values`` are written out in that language.
    Every body ends with how to check that the co-op sent it (feature R33). A text has the
    short words of its own, or where it has none the subject.

    Raises:
        KeyError: the template needs a value that is not there.
        ValueError: a moment is among the values where a local date belongs.
        TemplateDoesNotExist: no such template.
    """
    context = {key: written_out(value, language) for key, value in values.items()}
    context |= {"proof_code": code, "site": settings.BASE_URL}
    context.setdefault("account_ending", account_number[-4:])
    kind, proof_kind = _kinds(template, channel)
    with translation.override(language):
        subject, body, proof = (
            _fill(f"notifications/{name}.txt", context)
            for name in (f"{template}.subject", f"{template}.{kind}", proof_kind)
        )
    return Words(subject=" ".join(subject.split())[:SUBJECT_LENGTH], body=f"{body}\n\n{proof}\n")


def _kinds(template: str, channel: Channel) -> tuple[str, str]:
    """Return which words of a template go by a channel, and which proof stands below them."""
    if channel is Channel.TEXT:
        return ("text" if has_text_words(template) else "subject"), "proof_text"
    return "body", ("proof_letter" if channel is Channel.LETTER else "proof")


def write_words_of_many(
    *,
    template: str,
    language: str,
    shared: Mapping[str, object],
    own: Sequence[Mapping[str, object]],
    channel: Channel = Channel.EMAIL,
) -> list[Words]:
    """Return the words of one template for many readers: written once, then filled in.

    A run tells thousands of members the same sentence; only ``own`` differs, with
    ``proof_code`` and ``account_number`` among it. The template may print these values and
    nothing else: it never asks about them.

    Raises:
        KeyError, ValueError, TemplateDoesNotExist: see ``write_words``.
    """
    if not own:
        return []
    gaps = {name: f"\ue000{number}\ue001" for number, name in enumerate(own[0])}
    blank = write_words(
        template=template,
        language=language,
        code=gaps["proof_code"],
        account_number="",
        values={**shared, **gaps, "account_ending": gaps["account_number"]},
        channel=channel,
    )
    return [_fill_in(blank, gaps, values, language) for values in own]


def _fill_in(
    blank: Words, gaps: Mapping[str, str], values: Mapping[str, object], language: str
) -> Words:
    subject, body = blank.subject, blank.body
    for name, gap in gaps.items():
        value = values[name]
        told = str(value)[-4:] if name == "account_number" else str(written_out(value, language))
        subject, body = subject.replace(gap, told), body.replace(gap, told)
    return Words(subject=subject[:SUBJECT_LENGTH], body=body)


def written_out(value: object, language: str) -> object:
    """Return ``value`` as it is read in ``language``; lists and mappings are gone through."""
    written: object
    match value:
        case Money():
            written = str(value)
        case Text():
            written = value.in_language(language)
        case dt.datetime():
            raise ValueError("give a local date: a message does not know the co-op's zone")
        case dt.date():
            written = format_date(value, "full", locale=language)
        case Mapping():
            written = {key: written_out(item, language) for key, item in value.items()}
        case list() | tuple():
            written = [written_out(item, language) for item in value]
        case _:
            written = value
    return written


def _fill(name: str, context: dict[str, object]) -> str:
    text = _engine().get_template(name).render(Context(context, autoescape=False))
    return re.sub(r"\n{3,}", "\n\n", text.strip())


@cache
def _engine() -> Engine:
    return Engine(
        dirs=[str(TEMPLATES)],
        autoescape=False,
        string_if_invalid=ValueMissing(),
        libraries={"i18n": "django.templatetags.i18n"},
    )
