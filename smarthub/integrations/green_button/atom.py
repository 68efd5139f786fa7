"""XML and Atom in small pieces of text: elements, entries, links, and ids that stay the same."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from smarthub.kernel.period import Period, day_bounds

FEED_END: Final = "</feed>\n"
_LONGEST_TEXT: Final = 256
"""String256 of the schemas."""
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters no XML file may hold, not even escaped."""


def element(name: str, *children: str) -> str:
    """Return an element around finished XML."""
    return f"<{name}>{''.join(children)}</{name}>"


def text(name: str, value: object) -> str:
    """Return an element around a value, escaped, and cut to what the schemas allow."""
    readable = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))
    return f"<{name}>{escape(readable[:_LONGEST_TEXT])}</{name}>"


def seconds(instant: dt.datetime) -> int:
    """Return an instant as ESPI counts it: seconds since 1970 in UTC."""
    return int(instant.timestamp())


def interval(name: str, start: dt.datetime, end: dt.datetime) -> str:
    """Return the time between two instants as its duration and start."""
    begins = seconds(start)
    return element(name, text("duration", seconds(end) - begins), text("start", begins))


def whole_days(name: str, period: Period, zone: ZoneInfo) -> str:
    """Return local days as an interval; a day has 23, 24 or 25 hours (domain rule 20)."""
    return interval(name, day_bounds(period.start, zone)[0], day_bounds(period.end, zone)[0])


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an entry: ``related``, to the entry or feed at ``href``."""

    href: str
    type: str


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed: what every entry of it shares.

    Ids come from the co-op's address and the account's number, so the same thing has the same
    id in every export, and the next holder of a place has others.
    """

    base_url: str
    account_number: str
    updated_at: dt.datetime
    namespace: str

    def id_of(self, *key: object) -> UUID:
        """Return the lasting id of a thing of this account."""
        name = "/".join(str(part) for part in (self.account_number, *key))
        return uuid5(uuid5(NAMESPACE_URL, self.base_url), name)

    def address(self, *parts: object) -> str:
        """Return the address of a resource; nothing need answer there for a download."""
        return "/".join([f"{self.base_url}/espi/1_1/resource", *map(str, parts)])

    def open(self, *, title: str, key: str) -> str:
        """Return the beginning of the feed, up to its first entry."""
        feed_id = self.id_of(key)
        return "".join(
            [
                '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
                text("id", feed_id.urn),
                _link("self", self.address("Batch", key, feed_id), "espi-feed/Batch"),
                text("title", title),
                text("updated", self._stamp),
                "\n",
            ]
        )

    def entry(
        self,
        *,
        key: Sequence[object],
        href: str,
        title: str,
        resource: str,
        related: Iterable[Link],
    ) -> Iterator[str]:
        """Yield what stands before the content of an entry.

        ``resource`` is the name of the content's element, and the last part but one of ``href``.
        """
        yield "<entry>"
        yield text("id", self.id_of(*key).urn)
        yield _link("self", href, f"espi-entry/{resource}")
        yield _link("up", href.rpartition("/")[0], f"espi-feed/{resource}")
        yield from (_link("related", link.href, link.type) for link in related)
        yield text("title", title)
        yield f'<content type="application/xml"><{resource} xmlns="{self.namespace}">'

    def end_entry(self, *, resource: str) -> str:
        """Return what stands after the content of an entry."""
        stamps = text("published", self._stamp) + text("updated", self._stamp)
        return f"</{resource}></content>{stamps}</entry>\n"

    @property
    def _stamp(self) -> str:
        return self.updated_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _link(rel: str, href: str, kind: str) -> str:
    return f"<link rel={quoteattr(rel)} href={quoteattr(href)} type={quoteattr(kind)}/>"
