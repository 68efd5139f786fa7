"""The four ways a request can fail as expected; the web knows only these.

They carry codes and values. Pages choose the words, in the reader's language.
"""

from __future__ import annotations

from typing import Any


class ExpectedError(Exception):
    """A failure the caller is meant to handle: a stable code, and the values the words need."""

    code = "error"

    def __init__(self, **values: Any) -> None:
        super().__init__(self.code, values)
        self.values = values


class NotVisible(ExpectedError):
    """Not there, or not yours: the two look the same (404)."""

    code = "not_visible"


class Refused(ExpectedError):
    """The request makes no sense as asked; told beside the form, with what to do."""

    code = "refused"


class Conflict(ExpectedError):
    """The same key was used with other values, or the thing has changed since (409)."""

    code = "conflict"


class Unavailable(ExpectedError):
    """Something outside does not answer; may be tried again (503)."""

    code = "unavailable"
