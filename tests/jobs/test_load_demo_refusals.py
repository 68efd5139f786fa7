"""Where the demo co-op is not loaded."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from smarthub.accounts.models import Account


def test_not_where_its_public_passwords_would_open_a_real_installation(settings: Settings) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="SMARTHUB_DEMO=1"):
        call_command("load_demo")


def test_not_with_fewer_members_than_it_has_parts(settings: Settings) -> None:
    settings.DEMO = True

    with pytest.raises(CommandError, match="12 members"):
        call_command("load_demo", members=3)


@pytest.mark.usefixtures("cooperative_founded")
def test_not_beside_another_co_op(settings: Settings) -> None:
    settings.DEMO = True

    with pytest.raises(CommandError, match="another co-op"):
        call_command("load_demo")

    assert not Account.objects.exists()
