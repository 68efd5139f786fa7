"""Somebody who registers, in a browser without scripts: types, sends, reads the mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from smarthub.wiring.clock import now
from smarthub.workflows.membership import claim_messages
from tests.workflows.membership.newcomer import EMAIL, code_in, newest_message

RIGHT = {"number": "0000-1003", "name": "Lindgren", "email": EMAIL}

GOOD_PASSWORD = "seven wet umbrellas hum"


@dataclass
class Walk:
    """One browser; ``page`` is the text of the page it shows, ``status`` how it was answered."""

    client: Client = field(default_factory=Client)
    page: str = ""
    status: int = 0
    path: str = ""

    def open(self, path: str) -> Walk:
        """Open a page and follow where it leads."""
        return self._keep(self.client.get(path, follow=True))

    def send(self, path: str, **typed: Any) -> Walk:
        """Send a form and follow where it leads."""
        return self._keep(self.client.post(path, typed, follow=True))

    def ask(self, **changes: str) -> Walk:
        """Ask for Walter's account, or another."""
        return self.send("/register/", **{**RIGHT, **changes})

    def give_code(self, code: str) -> Walk:
        """Give a code on the page that asks for one."""
        return self.send("/register/code/", code=code)

    def want_code(self, channel: str) -> str:
        """Have a code sent, let the job do it, and read it."""
        self.send("/register/code/send/", channel=channel)
        work_off()
        template = "claim_letter" if channel == "letter" else "claim_code"
        return code_in(newest_message(template))

    def confirm_email(self) -> Walk:
        """Give the code that was sent to the address typed."""
        return self.send("/register/email/", code=code_in(newest_message("confirm_address")))

    def set_password(self, password: str = GOOD_PASSWORD, **typed: str) -> Walk:
        """Choose how to sign in."""
        chosen = {"language": "en", "how": "password", "password": password, **typed}
        return self.send("/register/your-sign-in/", **chosen)

    def _keep(self, answer: Any) -> Walk:
        self.page, self.status = answer.content.decode(), answer.status_code
        self.path = answer.request["PATH_INFO"]
        return self


_done: set[int] = set()


def work_off() -> None:
    """Do what the pages left for the jobs about claims, each once."""
    steps: dict[str, Callable[..., object]] = {
        "follow_claim": claim_messages.follow_claim,
        "send_claim_code": claim_messages.send_claim_code,
        "tell_claim_proved": claim_messages.tell_claim_proved,
    }
    for job in ProcrastinateJob.objects.filter(task_name__in=steps).order_by("pk"):
        if job.pk not in _done:
            args = {**job.args, "claim_id": UUID(job.args["claim_id"]), "now": now()}
            steps[job.task_name](**args)
            _done.add(job.pk)
