"""The words version 2 of the printed bill adds to those of version 1, or says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smarthub.billing.wording import LABELS as FIRST_LABELS
from smarthub.kernel.text import Text

LABELS: Final[Mapping[str, Text]] = {
    **FIRST_LABELS,
    "dated": Text("Of {date}", "Del {date}"),
    "invoice": Text("One-time invoice", "Factura de un cargo único"),
    "invoice_note": Text(
        "This is charged once, beside your regular bill. It carries no taxes, and no late fee is "
        "added to it.",
        "Se cobra una sola vez, aparte de su factura regular. No lleva impuestos ni cargo por "
        "pago atrasado.",
    ),
    "settles_note": Text(
        "The last bill was estimated. This reading settles it: what was billed too much or too "
        "little is in the use of this bill.",
        "La factura anterior fue estimada. Esta lectura la ajusta: lo que se facturó de más o de "
        "menos está en el consumo de esta factura.",
    ),
    "once": Text("once", "una vez"),
    "final_bill": Text("Your final bill", "Su última factura"),
    "corrected_bill": Text("Your corrected bill", "Su factura corregida"),
    "corrects": Text("It takes the place of bill {number}.", "Reemplaza la factura {number}."),
    "final_credit_note": Text(
        "Please do not pay. We will pay this credit out to you.",
        "No pague. Le devolveremos este saldo a favor.",
    ),
    "draft": Text(
        "Auto Pay takes it on {date}. You have nothing to do.",
        "El pago automático lo cobra el {date}. Usted no tiene que hacer nada.",
    ),
    "by_hand": Text(
        "Auto Pay does not pay this bill yet. Please pay this one by hand.",
        "El pago automático todavía no paga esta factura. Páguela usted esta vez.",
    ),
    "after_due": Text(
        "After {date}: {amount}, with a late charge of {charge}.",
        "Después del {date}: {amount}, con un cargo por pago atrasado de {charge}.",
    ),
    "netted": Text(
        "You took {taken} and gave back {given}; {billed} are billed. Your bank held {bank} before "
        "and holds {left} now.",
        "Usted consumió {taken} y devolvió {given}; se facturan {billed}. Su banco tenía {bank} "
        "antes y tiene {left} ahora.",
    ),
    "after_due_short": Text("After that date", "Después de esa fecha"),
    "past_due": Text(
        "{amount} of this is past due. Please pay that part now, or call us: we will find a way.",
        "De este monto, {amount} ya venció. Pague esa parte ahora, o llámenos y buscaremos "
        "una solución.",
    ),
    "old_number": Text("Old account number", "Número de cuenta anterior"),
    "places": Text("{service}, {count} services", "{service}, {count} servicios"),
    "messages": Text("News for you", "Avisos para usted"),
    "message_more": Text("More: {address}", "Más información: {address}"),
    "supply": Text("Energy supply", "Suministro de energía"),
    "delivery": Text("Delivery and service", "Entrega y servicio"),
    "taxes": Text("Taxes", "Impuestos"),
    "history_warmth": Text(
        "{service}: {unit} on each bill, and average °F",
        "{service}: {unit} en cada factura, y °F promedio",
    ),
    "daily_use": Text("Use a day", "Al día"),
    "last_bill": Text("Last bill", "Anterior"),
    "temperature": Text("Average °F", "°F promedio"),
    "questions": Text("Questions", "Preguntas"),
    "help_unneeded": Text(
        "Does something look wrong, or would you like to talk about it? Please call {phone}.",
        "¿Ve algo incorrecto o quiere hablar de esta factura? Llame al {phone}.",
    ),
    "terms": Text("What the words mean", "Qué significan las palabras"),
    "stub_draft": Text(
        "Payment stub: please send nothing. Auto Pay takes the amount.",
        "Talón de pago: no envíe nada. El pago automático cobra el monto.",
    ),
    "draft_on": Text("Auto Pay takes it on", "El pago automático lo cobra el"),
}

TERMS: Final[Mapping[str, Text]] = {
    "facility": Text(
        "Keeps the line or pipe and the meter at your place, however much you use.",
        "Mantiene la línea o tubería y el medidor de su casa, use mucho o poco.",
    ),
    "member": Text(
        "Meter reading, billing and the office, shared by all members alike.",
        "Lectura de medidores, facturación y oficina; todos los miembros pagan lo mismo.",
    ),
    "distribution": Text(
        "Bringing the power from the substation to you.",
        "Llevar la energía de la subestación hasta usted.",
    ),
    "generation": Text(
        "Making the power, and bringing it to us over the high-voltage lines.",
        "Producir la energía y traerla por las líneas de alta tensión.",
    ),
    "delivery": Text(
        "Bringing the gas through our pipes to you.", "Llevarle el gas por nuestras tuberías."
    ),
    "pga": Text("The gas itself, at what it costs us.", "El gas mismo, a lo que nos cuesta."),
    "wpca": Text(
        "What power cost us this month, above or below what the rate counts on.",
        "Lo que la energía nos costó este mes, por encima o por debajo de lo previsto.",
    ),
    "il_excise": Text(
        "A tax of the state, which we only pass on.", "Un impuesto del estado, que solo entregamos."
    ),
}
"""What each charge is for, by its code, in plain words."""
