"""A mail carrier that needs no server: the demo shows every message at ``/_outbox/``."""

from __future__ import annotations

from smarthub.notifications.ports import Mail


class OutboxPageSender:
    """Takes every mail and carries it nowhere; it can be read on the demo's own page."""

    def send(self, mail: Mail) -> None:
        """Count the mail as carried: the outbox page reads the outbox itself."""

    def close(self) -> None:
        """Nothing was opened."""
