"""Everything held about a member goes into one file; a closed sign-in opens nothing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from smarthub.accounts.access import list_visible_accounts
from smarthub.members.models import Person, User
from smarthub.members.operations import open_login
from smarthub.notifications.models import Message
from smarthub.workflows.membership.take_data.tables import EXPORTED, LEFT_OUT
from tests.cast import NOW, PASSWORD, Cast, Player
from tests.portal.conftest import TODAY, SignIn
from tests.portal.rosa.checking import find_traces
from tests.portal.rosa.tables import make_things
from tests.portal.rosa.test_everything_of_maria import TRACES

StepUp = Callable[[Player], Client]
OWNERS = {"members.Person", "accounts.Account", "members.User", "members.Membership"}
NUMBERED = {"account_number"}
"""Columns that point to an account without a key."""


def of_somebody(model: type[models.Model], seen: frozenset[str] = frozenset()) -> bool:
    """Return whether a row of a model leads to a person, an account, a login or a membership."""
    label = model._meta.label  # noqa: SLF001
    if label in OWNERS:
        return True
    fields = model._meta.concrete_fields  # noqa: SLF001
    if any(field.name in NUMBERED for field in fields):
        return True
    return any(
        of_somebody(field.related_model, seen | {label})
        for field in fields
        if isinstance(field.related_model, type)
        and field.related_model._meta.label not in seen | {label}  # noqa: SLF001
    )


def unnamed(named: Iterable[str]) -> set[str]:
    """Return the tables that hold something of somebody and are not named."""
    return {
        model._meta.label  # noqa: SLF001
        for model in apps.get_models()
        if of_somebody(model)
    } - set(named)


def take(client: Client) -> zipfile.ZipFile:
    answer = client.get("/settings/my-data/everything.zip")
    assert answer.status_code == 200, answer.headers
    return zipfile.ZipFile(io.BytesIO(b"".join(answer)))


def rows(packed: zipfile.ZipFile, table: str) -> list[dict[str, object]]:
    return json.loads(packed.read(f"json/{table}.json"))  # type: ignore[no-any-return]


class TestTables:
    def test_with_a_way_to_somebody_are_all_taken_away_or_named_with_a_reason(self) -> None:
        missing = unnamed([*EXPORTED, *LEFT_OUT])

        assert not missing, (
            f"{sorted(missing)} hold something of a person. Say in "
            "workflows/membership/take_data/tables.py how their rows are found (EXPORTED), "
            "or why they stay (LEFT_OUT)."
        )
        assert not set(EXPORTED) & set(LEFT_OUT)

    def test_that_are_forgotten_are_noticed(self) -> None:
        forgotten = {"notifications.Message", "payments.AttemptEvent", "members.Consent"}

        assert unnamed({*EXPORTED, *LEFT_OUT} - forgotten) >= forgotten


class TestEverything:
    def test_holds_marias_bills_payments_and_readings(self, billed: Cast, step_up: StepUp) -> None:
        make_things(billed)

        packed = take(step_up(billed.maria))

        assert packed.testzip() is None
        assert {f"json/{label.lower()}.json" for label in EXPORTED} <= set(packed.namelist())
        assert {row["number"] for row in rows(packed, "billing.bill")} >= {"1001-241101"}
        assert [row["amount_cents"] for row in rows(packed, "payments.payment")] == [100]
        assert {row["value"] for row in rows(packed, "members.contact")} >= {"m@ridge.example"}
        assert "2024-10-28" in packed.read("usage/1001.csv").decode()
        table = list(csv.DictReader(io.StringIO(packed.read("csv/billing.bill.csv").decode())))
        assert "1001-241101" in {row["number"] for row in table}

    def test_holds_nothing_that_opens_anything(self, billed: Cast, step_up: StepUp) -> None:
        make_things(billed)

        packed = take(step_up(billed.maria))

        everything = "".join(packed.read(name).decode() for name in packed.namelist())
        user = User.objects.get(pk=billed.maria.user.pk)
        assert user.password not in everything
        assert "tok_of_maria" not in everything

    def test_of_rosa_holds_nothing_of_maria(self, billed: Cast, step_up: StepUp) -> None:
        make_things(billed)
        rosas, marias = take(step_up(billed.rosa)), take(step_up(billed.maria))

        rosas_words, marias_words = (
            "".join(packed.read(name).decode() for name in packed.namelist())
            for packed in (rosas, marias)
        )

        assert find_traces(rosas_words, TRACES) == []
        assert set(find_traces(marias_words, TRACES)) >= {"Maria", "1001", "1001-241101"}

    def test_of_ben_holds_his_role_and_not_the_account_he_may_see(
        self, billed: Cast, step_up: StepUp
    ) -> None:
        packed = take(step_up(billed.ben))

        assert [row["role"] for row in rows(packed, "accounts.accountrole")] == ["viewer"]
        assert rows(packed, "billing.bill") == []

    def test_guards_words_that_a_spreadsheet_would_run(self, cast: Cast, step_up: StepUp) -> None:
        Person.objects.filter(pk=cast.maria.person_id).update(called="=HYPERLINK(1)")

        packed = take(step_up(cast.maria))

        assert "'=HYPERLINK(1)" in packed.read("csv/members.person.csv").decode()
        assert rows(packed, "members.person")[0]["called"] == "=HYPERLINK(1)"

    def test_asks_for_the_second_step(self, cast: Cast, sign_in: SignIn) -> None:
        answer = sign_in(cast.maria).get("/settings/my-data/everything.zip")

        assert answer.headers["Location"].startswith("/accounts/confirm-it-is-you/")


class TestClosing:
    def test_says_what_ends_and_what_is_kept(self, cast: Cast, step_up: StepUp) -> None:
        page = step_up(cast.maria).get("/settings/close/").text

        for heading in ("What ends at once", "What goes on", "What the co-op keeps"):
            assert heading in page

    def test_ends_every_session_and_every_shared_access(
        self, cast: Cast, step_up: StepUp, sign_in: SignIn
    ) -> None:
        elsewhere = sign_in(cast.ben)
        assert elsewhere.get("/").status_code == 200

        answer = step_up(cast.ben).post("/settings/close/")

        assert answer.headers["Location"] == "/accounts/login/"
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert elsewhere.get("/").status_code == 302
        assert list_visible_accounts(user_id=cast.ben.user.pk, on=TODAY) == ()
        login = {"login": "ben@prairieridge.example", "password": PASSWORD}
        assert Client().post("/accounts/login/", login).status_code == 200  # the form again
        assert set(Message.objects.values_list("template", "address")) >= {
            ("login_closed", "ben@prairieridge.example"),
            ("sharing_changed", "maria@prairieridge.example"),
        }

    def test_can_be_taken_back_by_registering_again(self, cast: Cast, step_up: StepUp) -> None:
        step_up(cast.maria).post("/settings/close/")

        again = open_login(
            person_id=cast.maria.person_id, now=NOW, email="maria@new.example", password=PASSWORD
        )

        user = User.objects.get(pk=again)
        assert (user.pk, user.is_active, user.email) == (
            cast.maria.user.pk,
            True,
            "maria@new.example",
        )
        assert user.check_password(PASSWORD)


@pytest.mark.parametrize("table", sorted(LEFT_OUT))
def test_left_out_says_why(table: str) -> None:
    assert len(LEFT_OUT[table]) > 20
    assert apps.get_model(table)
