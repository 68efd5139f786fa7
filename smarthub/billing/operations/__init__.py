"""Every write of billing, split by noun; the names most callers want are here."""

from smarthub.billing.operations.cycles import (
    ContractFactUnknown,
    CycleDiffers,
    DayOutOfMonth,
    add_cycle,
    record_contract_fact,
)
from smarthub.billing.operations.runs import (
    IssuedChunk,
    NotABillDay,
    get_terms,
    in_chunks,
    issue_next_chunk,
    open_run,
    retry_accounts,
)

__all__ = [
    "ContractFactUnknown",
    "CycleDiffers",
    "DayOutOfMonth",
    "IssuedChunk",
    "NotABillDay",
    "add_cycle",
    "get_terms",
    "in_chunks",
    "issue_next_chunk",
    "open_run",
    "record_contract_fact",
    "retry_accounts",
]
