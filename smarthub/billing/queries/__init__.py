"""Every read of billing, split by noun; the names callers want are here."""

from smarthub.billing.queries.bills import (
    WholeBill,
    WholeSegment,
    get_bill,
    get_whole_bills,
    list_bill_history,
    list_billed_charges,
    list_billed_segments,
    list_bills,
    list_bills_due,
    list_latest_bills,
    list_latest_service_bills,
    list_valid_numbers,
)
from smarthub.billing.queries.facts import (
    get_weather,
    list_account_facts,
    list_readers,
    list_readings,
    list_unbilled,
)
from smarthub.billing.queries.points import list_point_billing
from smarthub.billing.queries.runs import (
    count_accounts_of_run,
    get_cycle,
    get_cycle_of_account,
    get_run_report,
    list_cycles,
    list_exceptions,
    list_held_accounts,
    list_holds,
)

__all__ = [
    "WholeBill",
    "WholeSegment",
    "count_accounts_of_run",
    "get_bill",
    "get_cycle",
    "get_cycle_of_account",
    "get_run_report",
    "get_weather",
    "get_whole_bills",
    "list_account_facts",
    "list_bill_history",
    "list_billed_charges",
    "list_billed_segments",
    "list_bills",
    "list_bills_due",
    "list_cycles",
    "list_exceptions",
    "list_held_accounts",
    "list_holds",
    "list_latest_bills",
    "list_latest_service_bills",
    "list_point_billing",
    "list_readers",
    "list_readings",
    "list_unbilled",
    "list_valid_numbers",
]
