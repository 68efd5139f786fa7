"""The published fields of a URDB rate (versions 3 to 8), and what becomes of each."""

from __future__ import annotations

from typing import Final

from smarthub.kernel.errors import Refused


class UrdbRefused(Refused):
    """A field, or a value of it, that a tariff here cannot express; ``field`` names it."""

    code = "urdb_refused"


DESCRIBING: Final = frozenset({
    "label", "uri", "type", "utility", "eiaid", "name", "approved", "is_default", "startdate",
    "enddate", "supercedes", "supersedes", "sector", "servicetype", "description", "source",
    "sourceparent", "basicinformationcomments", "energycomments", "demandcomments",
    "energyattrs", "demandattrs", "fixedattrs", "country", "revisions", "usage", "version",
    "peakkwcapacitymin", "peakkwcapacitymax", "peakkwcapacityhistory", "demandunits",
    "peakkwhusagemin", "peakkwhusagemax", "peakkwhusagehistory",
    "voltageminimum", "voltagemaximum", "voltagecategory", "phasewiring",
})  # fmt: skip
"""Read, and without effect on a price: names, dates, comments, who may take the rate."""

PRICING: Final = frozenset({
    "energyratestructure", "energyweekdayschedule", "energyweekendschedule",
    "fueladjustmentsmonthly", "demandratestructure", "demandweekdayschedule",
    "demandweekendschedule", "demandrateunit", "demandwindow", "flatdemandstructure",
    "flatdemandmonths", "flatdemandunit", "lookbackpercent", "lookbackrange", "lookbackmonths",
    "fixedchargefirstmeter", "fixedchargeunits", "fixedmonthlycharge", "mincharge",
    "minchargeunits", "minmonthlycharge", "annualmincharge", "dgrules", "usenetmetering",
})  # fmt: skip
"""Read into charges."""

NOT_EXPRESSED: Final = frozenset({
    "coincidentratestructure", "coincidentrateschedule", "coincidentrateunit",
    "demandratchetpercentage", "demandreactivepowercharge", "fixedchargeeaaddl",
})  # fmt: skip
"""Refused unless they are empty or zero: their effect on a price is not said precisely enough."""

ALL: Final = DESCRIBING | PRICING | NOT_EXPRESSED
