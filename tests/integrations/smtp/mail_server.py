"""A real SMTP server for tests, in a thread, that refuses what its tests want refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


@dataclass
class Postbox:
    """What the server took, and what it is told to answer."""

    port: int = 0
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    recipient_answer: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 OK"
    connections: int = 0

    async def handle_EHLO(  # noqa: N802 (the server's own name)
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        del server, session, rcpt_options
        answer = self.recipient_answer.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        if self.data_answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            mail = message_from_bytes(content, policy=policy.default)
            self.taken.append((list(envelope.rcpt_tos), mail))
        return self.data_answer


class AnyPort(Controller):
    """The server on a free port, which the system picks."""

    def _trigger_server(self) -> None:
        """Learn the port before the server is first spoken to."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def running_mail_server() -> Iterator[Postbox]:
    """Run a mail server until the block ends."""
    postbox = Postbox()
    server = AnyPort(postbox, hostname=HOST, port=0)
    server.start()
    postbox.port = server.port
    try:
        yield postbox
    finally:
        server.stop()
