"""A village that can be billed."""

from __future__ import annotations

import pytest

from tests.billing.village import read_october, settle_cast
from tests.cast import Cast


@pytest.fixture
def village(cast: Cast) -> Cast:
    """Return the cast with meters read for October 2024, on a cycle billed on the 1st."""
    settle_cast(cast)
    read_october()
    return cast
