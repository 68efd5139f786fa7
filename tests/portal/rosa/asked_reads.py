"""Files of reads and failed reads at the desk, asked by Rosa: she does not learn of them."""

from __future__ import annotations

from tests.portal.rosa.tables import Ask, Tables

FILE = "/desk/reads/files/00000000-0000-4000-8000-000000004001/"


def _asks(address: str, *methods: str, owner: str = "") -> tuple[Ask, ...]:
    return tuple(Ask(method, lambda _: address, owner=owner) for method in methods)


ASKED: Tables = {
    "desk/reads/": _asks("/desk/reads/", "GET", owner="dana"),
    "desk/reads/files/": _asks("/desk/reads/files/", "GET", "POST"),
    "desk/reads/files/<uuid:key>/": _asks(FILE, "GET"),
    "desk/reads/files/<uuid:key>/progress/": _asks(f"{FILE}progress/", "GET"),
    "desk/reads/files/<uuid:key>/confirm/": _asks(f"{FILE}confirm/", "POST"),
    "desk/reads/files/<uuid:key>/drop/": _asks(f"{FILE}drop/", "POST"),
    "desk/reads/<int:check_id>/": _asks("/desk/reads/1/", "GET", "POST"),
}
