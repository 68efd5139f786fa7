"""Code 128 bar codes of digits as SVG text, for pages and for the printed bill alike.

Character set C: two digits a symbol, so a number of an even count of digits. Black on white with
its quiet zone, whatever the page's colours: a store's reader knows nothing of dark pages.

Source: ISO/IEC 15417, tables 1 and A.1.
"""

from __future__ import annotations

from itertools import accumulate

START_C, STOP = 105, 106
CHECK_MODULUS = 103
QUIET = 10
"""Modules of white on either side."""
HEIGHT = 40
"""Modules; a quarter of the length, and readable from a phone held aslant."""
WIDTHS = [
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
    "2331112",
]
"""Bar, space, bar, ... of each symbol, in modules."""


def code_128_widths(digits: str) -> tuple[int, ...]:
    """Return the widths of bars and spaces in turn, in modules, beginning with a bar.

    Raises:
        ValueError: anything but digits, none, or an odd count of them.
    """
    if not (digits.isascii() and digits.isdigit()) or len(digits) % 2:
        raise ValueError("a bar code of pairs of digits")
    values = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    check = (START_C + sum(at * each for at, each in enumerate(values, start=1))) % CHECK_MODULUS
    symbols = (START_C, *values, check, STOP)
    return tuple(int(width) for symbol in symbols for width in WIDTHS[symbol])


def quiet_share(digits: str) -> float:
    """Return what part of the picture's width is white on either side, for whoever aligns its bars.

    Raises:
        ValueError: see ``code_128_widths``.
    """
    return QUIET / (sum(code_128_widths(digits)) + 2 * QUIET)


def code_128_svg(digits: str) -> str:
    """Return the bar code as SVG text, without words: whoever shows it writes the number below.

    Raises:
        ValueError: see ``code_128_widths``.
    """
    widths = code_128_widths(digits)
    ends = list(accumulate(widths, initial=QUIET))
    bars = "".join(
        f"M{at} 0h{width}v{HEIGHT}h-{width}z"
        for at, width in zip(ends[::2], widths[::2], strict=True)
    )
    length = ends[-1] + QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {length} {HEIGHT}" '
        'shape-rendering="crispEdges" aria-hidden="true">'
        f'<path fill="#fff" d="M0 0h{length}v{HEIGHT}H0z"/><path fill="#000" d="{bars}"/></svg>'
    )
