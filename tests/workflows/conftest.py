"""What the tests of several workflows ask for."""

from __future__ import annotations

import pytest

from tests.sandbox_gateway import Simulator
from tests.workflows.wallet import Wallet


@pytest.fixture
def wallet(simulator: Simulator) -> Wallet:
    """Return a purse whose cards the running simulator gave."""
    return Wallet(simulator)
