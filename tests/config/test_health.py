"""The two addresses of a load balancer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app


class TestHealthz:
    def test_answers_without_the_database(self, client: Client) -> None:
        answer = client.get("/healthz")

        assert (answer.status_code, answer.content) == (200, b"ok\n")
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
class TestReadyz:
    def test_is_ready_when_all_is_well(self, client: Client) -> None:
        answer = client.get("/readyz")

        assert (answer.status_code, answer.json()) == (200, {"ready": True, "problems": []})

    def test_is_not_while_migrations_wait(self, client: Client) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'ledger'")

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["problems"] == ["migrations_waiting"]

    def test_is_not_while_work_stands_still(self, client: Client) -> None:
        app.configure_task("deliver_messages").defer()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
            cursor.execute("UPDATE procrastinate_events SET at = now() - interval '1 hour'")

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["problems"] == ["job_stalled"]


class TestReadyzWithoutADatabase:
    def test_tells_anybody_a_code_and_nothing_else(
        self, client: Client, committing_database: str
    ) -> None:
        connection.close()
        connection.settings_dict["NAME"] = f"{committing_database}_not"  # the fixture sets it back

        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "problems": ["database_unreachable"]}
