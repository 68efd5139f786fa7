"""The layouts in which this installation's bank takes and gives files, and its keys."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from smarthub.arrears.ports import CollectionFormat
from smarthub.integrations.csv_files.agency import AgencyRows
from smarthub.integrations.csv_files.cash import CashRows
from smarthub.integrations.csv_files.collection import CollectionRows
from smarthub.integrations.lockbox.format import LockboxRows
from smarthub.integrations.nacha.format import Nacha
from smarthub.kernel.sealing import Sealer
from smarthub.payments.ports import AgencyFormat, BankFileFormat, CashFormat, LockboxFormat

BANK_FILES: Final[BankFileFormat] = Nacha()
LOCKBOX_FILES: Final[LockboxFormat] = LockboxRows()
CASH_FILES: Final[CashFormat] = CashRows()
COLLECTION_FILES: Final[CollectionFormat] = CollectionRows()
AGENCY_FILES: Final[AgencyFormat] = AgencyRows()


def bank_sealer() -> Sealer:
    """Return what seals bank accounts' numbers; without a key it refuses to."""
    return Sealer(settings.BANK_KEYS)
