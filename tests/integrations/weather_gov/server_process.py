"""A server with the service's recorded answers, run as a process of its own: ``PORT FOLDER``."""

from __future__ import annotations

import functools
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

if __name__ == "__main__":
    handler = functools.partial(SimpleHTTPRequestHandler, directory=sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        print(server.server_port, flush=True)  # noqa: T201 (whoever started it reads it)
        server.serve_forever()
