"""The process log as one JSON object a line, so that any collector can read it."""

from __future__ import annotations

import datetime as dt
import json
import logging


class JsonLines(logging.Formatter):
    """Writes when (UTC), how grave, by whom, what, and the stack; nothing can begin a new line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        told: dict[str, object] = {
            "at": dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(),
            "level": record.levelname,
            "by": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["stack"] = self.formatException(record.exc_info)
        return json.dumps(told)
