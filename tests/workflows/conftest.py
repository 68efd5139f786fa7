"""What the tests of several workflows ask for."""

from __future__ import annotations

import pytest

from tests.billing.village import VILLAGE
from tests.cast import Cast
from tests.sandbox_gateway import Simulator
from tests.workflows.wallet import Wallet
from tests.worlds import Atlas


@pytest.fixture
def wallet(simulator: Simulator) -> Wallet:
    """Return a purse whose cards the running simulator gave."""
    return Wallet(simulator)


@pytest.fixture
def village(db: None, atlas: Atlas) -> Cast:
    """Return the cast with meters read for October 2024, on a cycle billed on the 1st."""
    return atlas.lend(VILLAGE)
