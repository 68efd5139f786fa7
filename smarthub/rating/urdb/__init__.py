"""The Utility Rate Database's JSON notation of a tariff, read and written.

What a tariff here cannot express is refused by the name of its field, never dropped. Fields that
only describe (comments, addresses, who may take the rate) are listed as such: they price nothing.
"""

from smarthub.rating.urdb.names import DESCRIBING, NOT_EXPRESSED, PRICING, UrdbRefused
from smarthub.rating.urdb.reading import definition_from_urdb, is_urdb
from smarthub.rating.urdb.writing import urdb_from_tariff

__all__ = [
    "DESCRIBING",
    "NOT_EXPRESSED",
    "PRICING",
    "UrdbRefused",
    "definition_from_urdb",
    "is_urdb",
    "urdb_from_tariff",
]
