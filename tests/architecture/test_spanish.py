"""Spanish is complete: every text has it, keeps its placeholders, and speaks to usted."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from django.utils import translation

from smarthub.jobs.catalogue import SPANISH, collect_messages, read_catalogue, update_catalogue

PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%|<[^>]+>")
TU = re.compile(r"\b(tú|tu|tus|contigo|puedes|quieres|tienes|debes|haz)\b", re.IGNORECASE)
SAME_IN_BOTH = {"Gas", "Total", "no", "$%(number)s"}
"""Texts that Spanish may say as English does; any other sameness was forgotten."""

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
PLAIN_WORDS = {"asked", "read"}
"""Terms of the glossary that are plain words too: "the code you asked for", "nobody reads"."""
SHORTEST_STEM = 3
ENDING = 2
"""So many last letters of a Spanish word may differ: vencido, vencida, vencidos."""

PLANTED = {
    "Sign in": "",
    "Pay %(amount)s": "Pagar",
    "Cancel": "Tú puedes cancelar",
    "Password": "Password",
}
"""One fault of each kind, to see each found."""

ONE_NOUN = {
    "Take it back": "la factura, la invitación",
    "Take it in": "el archivo",
    "Write it down": "el acuerdo, el compromiso",
    "Give it back": "el depósito, el dinero",
    "End it": "el acuerdo, el programa",
    "Turn it off": "la aplicación",
    "Who can see it": "la cuenta",
}
"""Texts in which "it" stands for one thing, or for things of one gender, wherever they are."""
PRONOUN = re.compile(r"\w+[aeií]r(?:l[oa]s?|sel[oa]s?)\b")
SHORT_WORDS = 4

PLANTED_TERMS = {
    "Account number": "Número de la suma",
    "Bill payment": "Pago del recibo",
    "Late fees": "Recargos por mora",
    "Due dates": "Fechas de vencimiento",
    "Past due since %(day)s": "Vencida desde el %(day)s",
    "The code you asked for": "El código que pidió",
}
"""Three terms said in other words, two only inflected, and one that is no term here."""

PAGE = """
{% load i18n %}
<p>
    {% translate "Hello" %} {% translate "Mail" context "letters" %}
  {% blocktranslate trimmed count days=days %}
    One day of {{ name }}
  {% plural %}
    {{ days }} days of {{ name }}
  {% endblocktranslate %}
</p>
"""


def strings_of(message: Message) -> tuple[str, ...]:
    """Return the Spanish of a message: one text, or one for each plural form."""
    string = message.string
    return tuple(map(str, string)) if isinstance(string, tuple) else (str(string or ""),)


def sources_of(message: Message) -> tuple[str, ...]:
    """Return the English of a message: one text, or singular and plural."""
    return tuple(message.id) if isinstance(message.id, tuple) else (str(message.id),)


def same_in_both(message: Message) -> set[str]:
    """Return what Spanish says as English does, in any of its forms: it has one more of them."""
    return {text for text in strings_of(message) if text} & set(sources_of(message))


def keys_of(catalog: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in catalog if message.id}


def faults_of(catalog: Catalog, texts: Catalog) -> list[str]:
    """Return what is wrong with a catalogue that has to hold ``texts``."""
    faults = [f"not in the catalogue: {key}" for key in keys_of(texts) - keys_of(catalog)]
    faults += [f"no longer used: {key}" for key in keys_of(catalog) - keys_of(texts)]
    for message in catalog:
        if not message.id:
            continue
        forms = catalog.num_plurals if isinstance(message.id, tuple) else 1
        if message.fuzzy or len(strings_of(message)) != forms or not all(strings_of(message)):
            faults.append(f"not translated: {message.id}")
        allowed = [sorted(PLACEHOLDER.findall(text)) for text in sources_of(message)]
        if any(sorted(PLACEHOLDER.findall(text)) not in allowed for text in strings_of(message)):
            faults.append(f"placeholders differ: {message.id}")
        if any(TU.search(text) for text in strings_of(message)):
            faults.append(f"speaks to tú: {message.id}")
        if same_in_both(message) - SAME_IN_BOTH:
            faults.append(f"the same as English: {message.id}")
    return faults


def terms_of_glossary() -> dict[str, list[str]]:
    """Return the ways to say each English term of the glossary in Spanish."""
    rows = [line.split("|") for line in GLOSSARY.read_text().splitlines() if line.startswith("|")]
    terms: dict[str, list[str]] = {}
    for _edge, english, spanish, *_meaning in rows[2:]:
        for term in re.split(r"[,()]", english):
            if term.strip() and term.strip() not in PLAIN_WORDS:
                terms[term.strip()] = [each.strip() for each in re.split(r"[,()]", spanish)]
    return terms


def says(spanish: str, term: str) -> bool:
    """Return whether a text has every word of a term, each by its stem."""
    words = re.findall(r"\w+", term.lower())
    stems = [word[: max(SHORTEST_STEM, len(word) - ENDING)] for word in words]
    return bool(words) and all(re.search(rf"\b{stem}", spanish.lower()) for stem in stems)


def other_words_in(catalog: Catalog) -> list[str]:
    """Return the texts that say a term of the glossary in other words than its Spanish ones."""
    terms = terms_of_glossary()
    faults = []
    for message in catalog:
        english = PLACEHOLDER.sub(" ", " ".join(sources_of(message)))
        spanish = " ".join(strings_of(message))
        faults += [
            f"{term}: {message.id}"
            for term, ways in terms.items()
            if re.search(rf"\b{re.escape(term)}s?\b", english, re.IGNORECASE)
            and not any(says(spanish, way) for way in ways)
        ]
    return faults


def write_house(folder: Path) -> Path:
    """Write a house with one page and return its package."""
    package = folder / "house"
    (package / "templates").mkdir(parents=True)
    (package / "templates" / "page.html").write_text(PAGE)
    return package


class TestSpanish:
    def test_is_complete_and_keeps_its_placeholders(self) -> None:
        assert faults_of(read_catalogue(), collect_messages()) == []

    def test_is_found_wanting_when_something_is_amiss(self) -> None:
        catalog, texts = read_catalogue(), collect_messages()
        known = faults_of(catalog, texts)
        for english, spanish in PLANTED.items():
            catalog[english].string = spanish
        catalog.add("Never said", "Nunca dicho")
        catalog["%(number)s day"].string = ("%(number)s día", "%(number)s days", "%(number)s días")
        catalog["%(number)s month"].string = ("%(number)s mes", "%(number)s meses")

        faults = [fault for fault in faults_of(catalog, texts) if fault not in known]

        assert sorted(fault.split(":")[0] for fault in faults) == [
            "no longer used",
            "not translated",
            "not translated",
            "placeholders differ",
            "speaks to tú",
            "the same as English",
            "the same as English",
        ]

    def test_lists_no_sameness_that_is_gone(self) -> None:
        same = set().union(*(same_in_both(message) for message in read_catalogue() if message.id))

        assert same == SAME_IN_BOTH

    def test_is_what_a_reader_of_spanish_gets(self) -> None:
        with translation.override("es"):
            said = translation.gettext("Sign in"), translation.pgettext("menu", "Contact")

        assert said == ("Iniciar sesión", "Contacto")

    def test_has_a_form_for_one_and_a_form_for_many(self) -> None:
        with translation.override("es"):
            said = [
                translation.ngettext("%(number)s month", "%(number)s months", n) % {"number": n}
                for n in (1, 2, 13)
            ]

        assert said == ["1 mes", "2 meses", "13 meses"]


def find_unclear_pronouns(catalogue: Catalog) -> set[str]:
    """Return short texts of several places whose "it" Spanish must call "lo" or "la"."""
    return {
        str(message.id)
        for message in catalogue
        if message.id
        and len(str(message.id).split()) <= SHORT_WORDS
        and PRONOUN.search(strings_of(message)[0])
        and len({place for place, _line in message.locations}) > 1
    }


class TestPronouns:
    """A button "Keep it" of seven pages was "Conservarla" on all of them, whatever was kept."""

    def test_of_a_button_fit_what_each_page_speaks_of(self) -> None:
        assert find_unclear_pronouns(read_catalogue()) <= ONE_NOUN.keys()

    def test_that_fit_one_page_only_are_seen(self) -> None:
        catalogue = Catalog(locale="es")
        places = [("run_views.py", 1), ("contacts.py", 1)]
        catalogue.add("Keep it", "Conservarla", locations=places)
        catalogue.add("Keep the run", "Conservar la emisión", locations=places)
        catalogue.add("Leave it", "Dejarla", locations=places[:1])

        assert find_unclear_pronouns(catalogue) == {"Keep it"}


class TestGlossary:
    def test_is_followed_by_every_text(self) -> None:
        assert other_words_in(read_catalogue()) == []

    def test_finds_a_term_said_in_other_words(self) -> None:
        catalog = Catalog()
        for english, spanish in PLANTED_TERMS.items():
            catalog.add(english, spanish)

        assert [fault.split(":")[0] for fault in other_words_in(catalog)] == [
            "account",
            "account number",
            "bill",
            "late fee",
        ]

    def test_has_every_term_once(self) -> None:
        english = [line.split("|")[1] for line in GLOSSARY.read_text().splitlines() if "|" in line]

        assert len(english) == len(set(english)) > 40


class TestCollecting:
    def test_reads_texts_contexts_and_plurals_from_indented_templates(self, tmp_path: Path) -> None:
        catalog = collect_messages(package=write_house(tmp_path))

        assert keys_of(catalog) == {
            ("Hello", None),
            ("Mail", "letters"),
            (("One day of %(name)s", "%(days)s days of %(name)s"), None),
        }

    def test_brings_new_texts_in_empty_and_lets_unused_ones_go(self, tmp_path: Path) -> None:
        package = write_house(tmp_path)
        file = tmp_path / "django.po"
        file.write_text(SPANISH.read_text())

        catalog = update_catalogue(file=file, package=package)

        assert keys_of(catalog) == keys_of(read_catalogue(file=file))
        assert len(catalog) == 3
        assert not any(message.string for message in catalog if message.id == "Hello")
