"""The layouts in which this installation hands out its ledger, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smarthub.integrations.plain_accounts.beancount import Beancount
from smarthub.integrations.plain_accounts.hledger import Hledger
from smarthub.ledger.ports import LedgerFormat

LEDGER_FORMATS: Final[Mapping[str, LedgerFormat]] = {
    "beancount": Beancount(),
    "hledger": Hledger(),
}
