"""The words version 3 of the printed bill adds to those of version 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smarthub.billing.printed.wording import LABELS as SECOND_LABELS
from smarthub.kernel.text import Text

LABELS: Final[Mapping[str, Text]] = {
    **SECOND_LABELS,
    "dated": Text("Dated {date}", "Con fecha del {date}"),
    "member_number": Text("Member number", "Número de miembro"),
    "cycle": Text("Billing cycle", "Ciclo de facturación"),
    "board_district": Text("Board district", "Distrito de la junta"),
    "budget": Text("Budget amount", "Monto del presupuesto"),
    "cash": Text("Pay with cash at a store", "Pague en efectivo en una tienda"),
    "cash_note": Text(
        "Show this bar code and say how much you pay. It is the same on every bill of this "
        "account.",
        "Muestre este código de barras y diga cuánto paga. Es el mismo en cada factura de esta "
        "cuenta.",
    ),
    "cash_alt": Text(
        "Bar code to pay with cash at a store. Its number: {number}",
        "Código de barras para pagar en efectivo en una tienda. Su número: {number}",
    ),
    "power_out": Text("If the power goes out", "Si se va la luz"),
    "outage_call": Text(
        "Look at your breakers. If they are on, report it online or call {phone}.",
        "Revise sus interruptores. Si están encendidos, avísenos en línea o llame al {phone}.",
    ),
    "outage_lines": Text(
        "Stay away from a wire on the ground, and call us: it may be live.",
        "No se acerque a un cable caído y llámenos: puede tener corriente.",
    ),
    "outage_generator": Text(
        "Run a generator outdoors only, and never into a wall socket.",
        "Use un generador solo al aire libre y nunca lo conecte a un enchufe de la pared.",
    ),
    "moved": Text(
        "My address or phone has changed; the new one is on the back.",
        "Cambió mi dirección o teléfono; lo escribí al dorso.",
    ),
}
