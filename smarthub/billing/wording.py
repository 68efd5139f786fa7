"""The words of the printed bill, in both languages; Spanish speaks to the reader as *usted*.

They live here and not in the catalogues because a bill is drawn long after it was made: these
words belong to its template version, as its figures belong to its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smarthub.kernel.text import Text

SERVICES: Final[Mapping[str, Text]] = {
    "electric": Text("Electric", "Electricidad"),
    "gas": Text("Natural gas", "Gas natural"),
    "water": Text("Water", "Agua"),
    "fiber": Text("Fiber internet", "Internet por fibra"),
    "light": Text("Outdoor light", "Luz exterior"),
}
UNITS: Final[Mapping[str, Text]] = {
    "kWh": Text("kWh", "kWh"),
    "kW": Text("kW", "kW"),
    "kVA": Text("kVA", "kVA"),
    "hp": Text("HP", "HP"),
    "ccf": Text("ccf", "ccf"),
    "therm": Text("therms", "termias"),
    "gal": Text("gallons", "galones"),
    "kgal": Text("thousand gallons", "mil galones"),
    "day": Text("days", "días"),
    "month": Text("month", "mes"),
    "months": Text("months", "meses"),
    "each": Text("each", "c/u"),
}
READ_KINDS: Final[Mapping[str, Text]] = {
    "actual": Text("Read", "Leída"),
    "ami": Text("Automatic", "Automática"),
    "member": Text("Read by you", "Leída por usted"),
    "estimated": Text("Estimated", "Estimada"),
    "final": Text("Final", "Final"),
    "change_out": Text("Meter exchanged", "Cambio de medidor"),
}
LABELS: Final[Mapping[str, Text]] = {
    "title": Text("Bill of {date}, account {account}", "Factura del {date}, cuenta {account}"),
    "your_bill": Text("Your bill", "Su factura"),
    "outage": Text("Power out?", "¿Se fue la luz?"),
    "gas_leak": Text("Smell gas?", "¿Huele a gas?"),
    "office": Text("Office", "Oficina"),
    "amount_due": Text("Amount due", "Monto adeudado"),
    "credit": Text("Your credit", "Su saldo a favor"),
    "nothing_due": Text("Nothing is due", "No debe nada"),
    "due_by": Text("Please pay by {date}", "Pague a más tardar el {date}"),
    "credit_note": Text(
        "Please do not pay. Your credit is used on your next bill.",
        "No pague. Su saldo a favor se usará en su próxima factura.",
    ),
    "nothing_note": Text("There is nothing to pay. Thank you.", "No tiene que pagar. Gracias."),
    "account_number": Text("Account number", "Número de cuenta"),
    "online_code": Text("Code for online access", "Código de acceso en línea"),
    "member": Text("Member", "Miembro"),
    "address": Text("Service address", "Dirección de servicio"),
    "bill_date": Text("Bill date", "Fecha de la factura"),
    "due_date": Text("Due date", "Fecha de vencimiento"),
    "bill_number": Text("Bill number", "Número de factura"),
    "summary": Text("How it adds up", "Resumen de su cuenta"),
    "item": Text("Item", "Concepto"),
    "amount": Text("Amount", "Monto"),
    "previous": Text("Previous balance", "Saldo anterior"),
    "payments": Text("Payments received, thank you", "Pagos recibidos, gracias"),
    "adjustments": Text("Adjustments", "Ajustes"),
    "auto_pay_credit": Text("Auto Pay credit", "Crédito por pago automático"),
    "round_up": Text(
        "Operation Round-Up, your gift ({year} given this year)",
        "Operación Redondeo, su donativo ({year} donados este año)",
    ),
    "changed": Text("What changed", "Qué cambió"),
    "charges_more": Text(
        "The charges on this bill are {amount} more than on your last bill.",
        "Los cargos de esta factura son {amount} más que los de su factura anterior.",
    ),
    "charges_less": Text(
        "The charges on this bill are {amount} less than on your last bill.",
        "Los cargos de esta factura son {amount} menos que los de su factura anterior.",
    ),
    "charges_same": Text(
        "The charges on this bill are the same as on your last bill.",
        "Los cargos de esta factura son iguales a los de su factura anterior.",
    ),
    "first_bill": Text(
        "This is the first bill of this account. From the next one on, you will see here what "
        "changed.",
        "Esta es la primera factura de esta cuenta. A partir de la próxima, verá aquí qué cambió.",
    ),
    "use_more": Text(
        "{service}: {now} {unit} a day, {amount} more than on your last bill.",
        "{service}: {now} {unit} al día, {amount} más que en su factura anterior.",
    ),
    "use_less": Text(
        "{service}: {now} {unit} a day, {amount} less than on your last bill.",
        "{service}: {now} {unit} al día, {amount} menos que en su factura anterior.",
    ),
    "use_same": Text(
        "{service}: {now} {unit} a day, as on your last bill.",
        "{service}: {now} {unit} al día, igual que en su factura anterior.",
    ),
    "colder": Text(
        "It was {degrees} °F colder on average.", "En promedio hizo {degrees} °F más frío."
    ),
    "warmer": Text(
        "It was {degrees} °F warmer on average.", "En promedio hizo {degrees} °F más calor."
    ),
    "estimated_note": Text(
        "Estimated: this meter could not be read. The next reading settles the difference.",
        "Estimada: no se pudo leer este medidor. La próxima lectura corrige la diferencia.",
    ),
    "reads": Text("Meter readings", "Lecturas del medidor"),
    "meter": Text("Meter", "Medidor"),
    "previous_read": Text("Previous", "Anterior"),
    "present_read": Text("Present", "Actual"),
    "multiplier": Text("Multiplier", "Multiplicador"),
    "kind": Text("Reading", "Lectura"),
    "use": Text("Use", "Consumo"),
    "charges": Text("Charges", "Cargos"),
    "charge": Text("Charge", "Cargo"),
    "quantity": Text("Quantity", "Cantidad"),
    "rate": Text("Rate", "Tarifa"),
    "service_total": Text("Total {service}", "Total {service}"),
    "period": Text("{start} to {end}, {days} days", "{start} al {end}, {days} días"),
    "in_advance": Text("billed in advance", "se factura por adelantado"),
    "converted": Text(
        "{use} x {factor} = {billed}, which is what the rate counts.",
        "{use} x {factor} = {billed}, que es lo que cuenta la tarifa.",
    ),
    "rate_plan": Text("Rate {code}, {name}", "Tarifa {code}, {name}"),
    "compare": Text("Compared", "Comparación"),
    "this_bill": Text("This bill", "Esta factura"),
    "last_bill": Text("Last bill", "Factura anterior"),
    "last_year": Text("A year ago", "Hace un año"),
    "days": Text("Days", "Días"),
    "daily_use": Text("Use a day", "Consumo al día"),
    "daily_cost": Text("Cost a day", "Costo al día"),
    "temperature": Text("Average temperature", "Temperatura promedio"),
    "history": Text("{service}: {unit} on each bill", "{service}: {unit} en cada factura"),
    "history_alt": Text(
        "Bar chart of {service} use, in {unit}, by bill: {bars}.",
        "Gráfico de barras del consumo de {service}, en {unit}, por factura: {bars}.",
    ),
    "how_to_pay": Text("How to pay", "Cómo pagar"),
    "online": Text("Online", "En línea"),
    "online_note": Text("{site}, or scan the square", "{site}, o escanee el cuadro"),
    "by_phone": Text("By phone", "Por teléfono"),
    "by_mail": Text("By mail", "Por correo"),
    "in_person": Text("In person", "En persona"),
    "qr_alt": Text(
        "QR code that opens the page where you pay: {site}",
        "Código QR que abre la página para pagar: {site}",
    ),
    "help": Text(
        "Does something look wrong? Please call {phone} before the due date, and we will look "
        "into it with you. A payment after the due date may bring a late charge; if you cannot "
        "pay in time, call us first.",
        "¿Ve algo incorrecto? Llame al {phone} antes de la fecha de vencimiento y lo revisaremos "
        "con usted. Un pago después de esa fecha puede generar un cargo por pago atrasado; si no "
        "puede pagar a tiempo, llámenos antes.",
    ),
    "stub": Text(
        "Payment stub: send it with your check, made out to {name}.",
        "Talón de pago: envíelo con su cheque a nombre de {name}.",
    ),
    "stub_unneeded": Text(
        "Payment stub: there is nothing to send this time.",
        "Talón de pago: esta vez no tiene que enviar nada.",
    ),
    "enclosed": Text("Amount enclosed", "Monto incluido"),
    "page": Text("Page {page} of {pages}", "Página {page} de {pages}"),
}
