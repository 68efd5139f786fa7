"""A browser in which the second step was taken, for pages that ask for it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from smarthub.notifications.models import Message
from tests.cast import Player
from tests.portal.conftest import SignIn
from tests.portal.rosa.test_everything_of_maria import stepped_up


@pytest.fixture
def step_up(sign_in: SignIn) -> Callable[[Player], Client]:
    """Return what opens a browser in which somebody took the second step."""
    return lambda player: stepped_up(sign_in(player))


def newest_code(template: str) -> str:
    """Return the code in the newest message of a template."""
    body = Message.objects.filter(template=template).latest("pk").body
    return str(re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", body)[0])
