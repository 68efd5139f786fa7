"""The worlds tests stand in: as they were built for every test, whatever the last one did."""

from __future__ import annotations

import pytest
from django.db import connection

from smarthub.accounts.models import Account
from smarthub.members.models import User
from tests.cast import CAST, FOUNDED, Cast
from tests.databases import digest_of_migrations, is_kept
from tests.metering.yard import YARD
from tests.worlds import Atlas, foreseen


class TestAWorld:
    @pytest.mark.parametrize("time", ["first", "second"])
    def test_is_as_it_was_built_each_time(self, cast: Cast, time: str) -> None:
        assert (cast.maria.user.email, User.objects.count()) == ("maria@prairieridge.example", 4)

        cast.maria.user.email = "spoilt"
        User.objects.exclude(pk=cast.dana.user.pk).update(email=None)
        User.objects.filter(pk=cast.dana.user.pk).delete()

    def test_is_lent_from_a_database_of_its_own(self, cast: Cast) -> None:
        assert str(connection.settings_dict["NAME"]).endswith("_cast")

    def test_is_not_there_for_a_test_that_asks_for_none(self, db: None) -> None:
        assert not Account.objects.exists()

    def test_is_built_on_the_spot_where_nobody_foresaw_it(self, db: None, atlas: Atlas) -> None:
        cast = atlas.lend(CAST)

        assert atlas.lend(CAST) is cast
        assert Account.objects.count() == 2

    def test_is_the_highest_of_those_asked_for(self) -> None:
        assert foreseen(["tmp_path", "cast", "cooperative_founded"]) is CAST
        assert foreseen(["yard"]) is YARD
        assert foreseen(["tmp_path", "db"]) is None
        assert CAST.chain() == [FOUNDED, CAST]


class TestACopyOfAWorld:
    @pytest.mark.parametrize("time", ["first", "second"])
    def test_may_be_committed_to_and_is_dropped(self, committing_cast: Cast, time: str) -> None:
        assert User.objects.count() == 4

        User.objects.filter(pk=committing_cast.dana.user.pk).delete()

        assert not connection.in_atomic_block


class TestTheMigratedDatabase:
    def test_is_found_again_while_no_migration_changes(self, atlas: Atlas, db: None) -> None:
        assert atlas.template.endswith(digest_of_migrations() if is_kept() else "_template")
