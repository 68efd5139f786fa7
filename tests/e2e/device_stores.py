"""Everything a browser keeps of the pages it showed: its stores, and the files of its profile."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

STORES = """async () => {
  const databases = {};
  for (const {name} of await indexedDB.databases()) {
    const open = await new Promise((done, fail) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    for (const store of open.objectStoreNames) {
      const all = open.transaction(store).objectStore(store).getAll();
      await new Promise(done => { all.onsuccess = done; });
      databases[`${name}/${store}`] = JSON.stringify(all.result);
    }
    open.close();
  }
  const cached = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      cached[request.url] = await (await cache.match(request)).text();
    }
  }
  return {
    "local storage": JSON.stringify(localStorage),
    "session storage": JSON.stringify(sessionStorage),
    "databases": JSON.stringify(databases),
    "caches": JSON.stringify(cached),
  };
}"""
KEPT_FOLDERS = (
    *("Cache", "Code Cache", "Service Worker", "IndexedDB", "Local Storage", "Session Storage"),
    *("WebStorage", "Cookies", "Network", "File System", "blob_storage"),
)
"""What a profile keeps of pages. Its own list of addresses visited is the browser's, not ours."""
GZIP = re.compile(rb"\x1f\x8b\x08")
MANY_BYTES = 3_000_000


def read_stores(context: BrowserContext, page: Page) -> dict[str, str]:
    """Return the words in every store that pages can reach, and in cookies, by store."""
    stores: dict[str, Any] = page.evaluate(STORES)
    cookies = [f"{each.get('name')}={each.get('value')}" for each in context.cookies()]
    return {**stores, "cookies": "\n".join(cookies)}


def read_profile(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files a closed browser left of pages, packed ones unpacked, by name."""
    for file in sorted((folder / "Default").rglob("*")):
        kept = file.relative_to(folder / "Default")
        if file.is_file() and kept.parts[0] in KEPT_FOLDERS:
            data = file.read_bytes()
            yield str(kept), data
            for unpacked in _unpack(data):
                yield f"{kept} (unpacked)", unpacked


def find(traces: Iterable[str], data: bytes) -> list[str]:
    """Return which traces stand in some bytes, written in one byte a letter or in two."""
    return [
        trace for trace in traces if trace.encode() in data or trace.encode("utf-16-le") in data
    ]


def _unpack(data: bytes) -> Iterator[bytes]:
    for found in GZIP.finditer(data):
        opened = zlib.decompressobj(wbits=31)
        try:
            yield opened.decompress(data[found.start() :], MANY_BYTES)
        except zlib.error:
            continue
