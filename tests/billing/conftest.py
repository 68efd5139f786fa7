"""A village that can be billed."""

from __future__ import annotations

import pytest

from tests.billing.village import VILLAGE
from tests.cast import Cast
from tests.worlds import Atlas


@pytest.fixture
def village(db: None, atlas: Atlas) -> Cast:
    """Return the cast with meters read for October 2024, on a cycle billed on the 1st."""
    return atlas.lend(VILLAGE)
