"""What nobody expects to be typed, typed into every field of every form.

It is kept and shown exactly as typed, or refused with a reason beside that field; it never breaks a
page. A form that is new is filled in here as well, or said to have no words in it, or a test fails.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils.html import escape

import smarthub.backoffice
import smarthub.portal
from tests.cast import Cast
from tests.portal.naughty_pages import ALONE, PAGES, WITHOUT_WORDS, Page
from tests.portal.rosa.tables import Things, make_things
from tests.portal.rosa.test_everything_of_maria import clients

owners = clients
"""The fixture, under a name of its own here."""

NAUGHTY = {
    "quotes": 'O\'Brien & Søn "Ltd" \\',
    "emoji": "👩🏽\u200d🌾 Ana",
    "right to left": "מריה ماريا",
    "zero width": "a\u200bb\u200cc\ufeffd",
    "NUL": "a\x00b",
    "turned": "right\u202eleft",
    "long": "x" * 10_000,
    "script": "<script>alert(1)</script>",
    "SQL": "Robert'); DROP TABLE members_person;--",
    "template": "{{ 7*7 }} {% now 'Y' %} %s%n %(name)s",
    "line break": "one\r\nBcc: x@y.example",
    "plus": "ana+bills@ridge.example",
    "quoted": '"ana b"@ridge.example',
    "IDN": "ana@münchen.example",
    "one letter": "李",
    "120 letters": "Ж" * 120,
}


def _import_all(package: Any) -> None:
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(each.name)


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def name_of(kind: type) -> str:
    return f"{kind.__module__.removeprefix('smarthub.')}.{kind.__qualname__}"


def is_for_words(shown: forms.Field) -> bool:
    """Whether people write words into a field: no choice, no file, no secret, nothing hidden."""
    is_text = isinstance(shown, forms.CharField) and not isinstance(shown, forms.UUIDField)
    return is_text and not isinstance(
        shown.widget, (forms.Select, forms.RadioSelect, forms.HiddenInput, forms.PasswordInput)
    )


def list_forms() -> dict[str, type]:
    for package in (smarthub.portal, smarthub.backoffice):
        _import_all(package)
    return {
        name_of(kind): kind
        for kind in _below(forms.BaseForm)
        if kind.__module__.startswith("smarthub.")
    }


class Filled:
    """Notes each form that is checked while pages are asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.forms: list[forms.BaseForm] = []
        check = forms.BaseForm.full_clean

        def note(form: forms.BaseForm) -> None:
            check(form)
            if form.is_bound:
                self.forms.append(form)

        monkeypatch.setattr(forms.BaseForm, "full_clean", note)

    def of(self, page: Page) -> list[forms.BaseForm]:
        found = {id(form): form for form in self.forms if name_of(type(form)) in page.forms}
        return list(found.values())


class Asker:
    """Sends one form after another; nothing stays of any."""

    def __init__(self, clients: dict[str, Client], things: Things, filled: Filled) -> None:
        self.clients, self.things, self.filled = clients, things, filled

    def send(self, page: Page, **typed: str) -> tuple[Any, list[forms.BaseForm], str]:
        """Return the answer, the page's forms, and what is read where the words are shown."""
        cache.clear()
        client = self.clients.get(page.who) or Client()
        client.raise_request_exception = False
        data = {"csrfmiddlewaretoken": "as every form has", **page.data, **typed}
        for value in data.values():
            if hasattr(value, "seek"):
                value.seek(0)
        with transaction.atomic():
            page.first(client, self.things)
            self.filled.forms.clear()
            answer = client.post(page.address.format(**self.things), data)
            bound = self.filled.of(page)
            at = page.shown_at or answer.headers.get("Location", "")
            reader = self.clients["dana"] if page.shown_at else client
            read = reader.get(at, follow=True).text if page.shown and at else ""
            transaction.set_rollback(True)
        return answer, bound, read


def as_typed(words: str) -> str:
    """Return words as a field keeps them: without space around them, lines ended alike."""
    return words.strip().replace("\r\n", "\n")


def complaints_of(asker: Asker, page: Page, name: str, kind: str) -> Iterator[str]:
    typed = NAUGHTY[kind]
    answer, bound, read = asker.send(page, **{name: typed})
    if answer.status_code >= 500:
        yield f"answered {answer.status_code}"
        return
    if typed.startswith("<script") and typed in answer.text + read:
        yield "shown as a script"
    for form in bound:
        if name in form.errors and not page.off_because:
            yield from unsaid(str(form.errors[name][0]), answer.text)
        if name in page.shown and not form.errors and answer.status_code < 400:
            yield from changed(as_typed(str(form.cleaned_data[name])), typed, read)


def unsaid(reason: str, page: str) -> Iterator[str]:
    if escape(reason) not in page and reason not in page:
        yield f"refused, and the page does not say: {reason}"


def changed(kept: str, typed: str, read: str) -> Iterator[str]:
    if kept not in {as_typed(typed), as_sent(typed)}:
        yield f"kept as {kept[:40]!r}"
    if not is_read(kept, read):
        yield "not read again as it was typed"


def as_sent(email: str) -> str:
    """Return an e-mail address with its host in the letters mail is sent with."""
    name, at, host = email.rpartition("@")
    return f"{name}{at}{host.encode('idna').decode()}" if at and len(host) < 60 else email


def is_read(kept: str, page: str) -> bool:
    """Whether each line of the words stands in a page, made safe for it."""
    return all(escape(line.strip()) in page for line in kept.splitlines())


@pytest.fixture
def asker(
    billed: Cast,
    owners: dict[str, Client],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> Asker:
    settings.DEMO = True  # somebody carries texts
    settings.ACCOUNT_RATE_LIMITS = False
    settings.STATE_DIR = settings.STATE_DIR / "naughty"
    return Asker(owners, make_things(billed)[0], Filled(monkeypatch))


@pytest.mark.e2e  # no browser, but minutes: it runs with the slow ones
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.forms[0])
def test_every_field_keeps_what_is_typed_or_says_why_not(asker: Asker, page: Page) -> None:
    _, bound, _ = asker.send(page)
    names = {name for form in bound for name, each in form.fields.items() if is_for_words(each)}

    assert {name_of(type(form)) for form in bound} == set(page.forms)
    assert names, "no words are written here"
    wrong = [
        f"{name} <- {kind}: {each}"
        for name in sorted(names)
        for kind in NAUGHTY
        for each in complaints_of(asker, page, name, kind)
    ]
    assert wrong == []


@pytest.mark.parametrize("form", ALONE)
def test_a_field_by_itself_keeps_what_is_typed_or_says_why_not(form: str) -> None:
    fields = {name: each for name, each in base_fields(form).items() if is_for_words(each)}

    kept = {
        (name, kind): kept_by(field, typed)
        for name, field in fields.items()
        for kind, typed in NAUGHTY.items()
    }

    assert len(kept) >= len(NAUGHTY)
    assert {
        where: words
        for where, words in kept.items()
        if isinstance(words, str)
        and as_typed(words) not in {as_typed(NAUGHTY[where[1]]), as_sent(NAUGHTY[where[1]])}
    } == {}


def test_every_form_is_filled_in_or_has_no_words() -> None:
    filled = {name for page in PAGES for name in page.forms} | ALONE.keys()

    assert list_forms().keys() == filled | WITHOUT_WORDS.keys()
    assert not filled & WITHOUT_WORDS.keys()
    assert not any(
        is_for_words(each) for name in WITHOUT_WORDS for each in base_fields(name).values()
    )


def base_fields(form: str) -> dict[str, forms.Field]:
    return dict(getattr(list_forms()[form], "base_fields", {}))


def kept_by(field: forms.Field, typed: str) -> object:
    """Return what a field keeps of words, or None where it refuses them with a reason."""
    try:
        return field.clean(typed)
    except forms.ValidationError:
        return None
