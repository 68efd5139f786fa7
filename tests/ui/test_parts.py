"""The parts pages are made of: fields, error pages, the joined sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from smarthub.kernel.errors import Conflict, ExpectedError, NotVisible, Refused, Unavailable
from smarthub.ui.middleware import ExpectedErrors, KeptByNobody
from smarthub.ui.parts import Table
from smarthub.ui.stylesheet import SHEETS, join_stylesheets
from smarthub.ui.templatetags.parts import field


class CardForm(forms.Form):
    name = forms.CharField(help_text="As on the card.")


def draw_field(form: forms.Form, **options: str) -> str:
    return render_to_string("ui/field.html", field(form["name"], **options))


class TestField:
    def test_ties_label_and_hint_to_the_input(self) -> None:
        drawn = draw_field(CardForm())

        assert 'for="id_name"' in drawn
        assert 'aria-describedby="id_name-hint"' in drawn
        assert 'id="id_name-hint">As on the card.' in drawn

    def test_ties_the_error_to_it_too(self) -> None:
        drawn = draw_field(CardForm({}))

        assert 'aria-describedby="id_name-hint id_name-error"' in drawn
        assert 'aria-invalid="true"' in drawn
        assert 'id="id_name-error">' in drawn

    def test_may_say_it_in_other_words(self) -> None:
        drawn = draw_field(CardForm(), label="Your name", hint="")

        assert ">Your name</label>" in drawn
        assert "field-hint" not in drawn


class TestTable:
    def test_names_each_row_by_its_first_cell_and_escapes_what_people_wrote(self) -> None:
        table = Table("Use", ("Day", "kWh"), (("Nov 1", "5 < 6"), ("<b>", "")))

        drawn = render_to_string("ui/table.html", {"table": table})

        assert '<tr><th scope="row">Nov 1</th><td class="number">5 &lt; 6</td></tr>' in drawn
        assert '<tr><th scope="row">&lt;b&gt;</th><td class="number"></td></tr>' in drawn


class TestErrorPages:
    @pytest.mark.parametrize(
        ("error", "status"),
        [(NotVisible, 404), (Refused, 400), (Conflict, 409), (Unavailable, 503)],
    )
    def test_answer_each_expected_failure(
        self, error: type[ExpectedError], status: int, rf: RequestFactory
    ) -> None:
        middleware = ExpectedErrors(lambda _request: HttpResponse())

        answer = middleware.process_exception(rf.get("/"), error())

        assert answer is not None
        assert answer.status_code == status

    def test_leave_a_fault_of_ours_to_the_log(self, rf: RequestFactory) -> None:
        middleware = ExpectedErrors(lambda _request: HttpResponse())

        assert middleware.process_exception(rf.get("/"), ValueError()) is None

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_stand_without_a_request_when_all_else_failed(self, language: str) -> None:
        with translation.override(language):
            page = render_to_string("500.html")

        assert f'<html lang="{language}">' in page


class TestKeptByNobody:
    def test_forbids_every_cache_to_keep_a_page(self, rf: RequestFactory) -> None:
        answer = KeptByNobody(lambda _request: HttpResponse())(rf.get("/"))

        assert answer["Cache-Control"] == "no-store"

    def test_leaves_alone_what_a_view_said(self, rf: RequestFactory) -> None:
        def view(_request: HttpRequest) -> HttpResponse:
            return HttpResponse(headers={"Cache-Control": "public, max-age=60"})

        assert KeptByNobody(view)(rf.get("/"))["Cache-Control"] == "public, max-age=60"


class TestSheet:
    def test_begins_with_the_tokens_and_holds_every_part(self) -> None:
        joined = join_stylesheets().read_text()

        assert joined.startswith((SHEETS / "tokens.css").read_text())
        assert all(sheet.read_text() in joined for sheet in SHEETS.glob("*.css"))

    def test_uses_no_token_that_is_not_named(self) -> None:
        joined = join_stylesheets().read_text()

        named = set(re.findall(r"(--[a-z0-9-]+)\s*:", joined))
        used = set(re.findall(r"var\((--[a-z0-9-]+)", joined))
        assert used <= named

    @pytest.mark.parametrize("sheet", sorted(SHEETS.glob("*.css")), ids=lambda sheet: sheet.name)
    def test_of_a_part_invents_no_colour(self, sheet: Path) -> None:
        on_paper = sheet.name in {"tokens.css", "print.css", "qr.css"}

        assert on_paper or not re.findall(r"#[0-9a-f]{3,8}\b", sheet.read_text())
