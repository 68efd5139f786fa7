"""Why a tariff is refused, or cannot price: each fault has its own name and says where it is.

Where the definition was read from a file, the values carry ``line`` as well.
"""

from __future__ import annotations

from smarthub.kernel.errors import Refused, Unavailable


class SpanishMissing(Refused):
    """A name or sentence lacks English or Spanish (domain rule 116); ``where`` says which."""

    code = "spanish_missing"


class ChargeKindUnknown(Refused):
    """A charge is of a ``kind`` the engine cannot price."""

    code = "charge_kind_unknown"


class ChargeCodeRepeated(Refused):
    """Two charges of one tariff share a code, so a bill line could not be named."""

    code = "charge_code_repeated"


class TariffHasGap(Refused):
    """A value the price needs is absent or not readable; ``where`` says which."""

    code = "tariff_has_gap"


class FieldUnknown(Refused):
    """A field means nothing there: misspelt, or of another kind of charge."""

    code = "field_unknown"


class UnitsDiffer(Refused):
    """Charges of one tariff count different units, or not the one it converts to."""

    code = "units_differ"


class TierEndMissing(Refused):
    """A block that another follows does not say where it ends."""

    code = "tier_end_missing"


class TiersHaveGap(Refused):
    """Some quantity falls in no block: the last one ends, or one begins too late."""

    code = "tiers_have_gap"


class TiersOverlap(Refused):
    """Some quantity falls in two blocks: one ends or begins before its neighbour ends."""

    code = "tiers_overlap"


class SeasonsHaveGap(Refused):
    """A day of the year is in no season; ``day`` is the first such day."""

    code = "seasons_have_gap"


class SeasonsOverlap(Refused):
    """A day of the year is in two seasons; ``day`` is the first such day."""

    code = "seasons_overlap"


class PeriodsHaveGap(Refused):
    """An hour is in no time-of-use period; the values say which hour."""

    code = "periods_have_gap"


class PeriodsOverlap(Refused):
    """An hour is in two time-of-use periods; the values say which."""

    code = "periods_overlap"


class NameUnknown(Refused):
    """A charge names a season, period, holiday or charge that the tariff does not have."""

    code = "tariff_name_unknown"


class TariffMissing(Unavailable):
    """No version of the tariff holds on that date."""

    code = "rate_missing"


class RiderRateMissing(Unavailable):
    """The tariff needs a rider that has no rate on the bill date."""

    code = "rate_missing"


class FactMissing(Unavailable):
    """The price needs a fact of the account or its meter that was not given: no bill is made."""

    code = "fact_missing"


class PriceBelowZero(Unavailable):
    """A rider's credit is larger than the bill: no bill rather than a wrong one."""

    code = "price_below_zero"
