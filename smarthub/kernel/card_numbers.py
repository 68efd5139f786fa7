"""See card numbers where none may be: in notes, names and messages people write.

Thirteen to nineteen digits, with spaces or hyphens between, whose last digit agrees with the
others. By chance one in ten such runs of digits does.
"""

from __future__ import annotations

import re

RUN = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def holds_card_number(text: str) -> bool:
    """Return whether a text holds what looks like a card number."""
    return any(passes_luhn(re.sub(r"\D", "", match[0])) for match in RUN.finditer(text))


def passes_luhn(number: str) -> bool:
    """Return whether the last digit agrees with the others (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
