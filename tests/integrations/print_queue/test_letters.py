"""A letter lies in the print queue whole, once, and says what was written as it was written."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from smarthub.integrations.print_queue.letters import LetterQueue
from smarthub.notifications.ports import Mail, MailServerDown
from tests.cast import IDENTITY, NOW

MAIL = Mail(
    identity="6f1c",
    sender_name=IDENTITY.name,
    address="412 Elm St\nWillow Bend, IL 61000",
    language="en",
    subject="A letter to #set page(fill: red) *you*",
    body="First.\n\nSecond: $x^2$ and #panic()",
    sent_at=NOW,
)


def queue_in(folder: Path) -> LetterQueue:
    return LetterQueue(folder=folder, fonts=folder / "none", sender=IDENTITY.mail_address)


class TestLetterQueue:
    def test_keeps_one_tagged_letter_however_often_it_is_sent(self, tmp_path: Path) -> None:
        queue = queue_in(tmp_path / "letters")

        queue.send(MAIL)
        queue.send(MAIL)

        (letter,) = (tmp_path / "letters").iterdir()
        assert letter.name == "2026-11-22-6f1c.pdf"
        with pikepdf.open(letter) as pdf:
            assert len(pdf.pages) == 1
            assert pdf.Root.MarkInfo.Marked
            assert pdf.Root.Lang == "en"
            assert pdf.docinfo["/Title"] == MAIL.subject  # typed markup stays text

    def test_that_cannot_be_written_waits_as_for_a_server_that_is_down(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "letters").write_text("a file where the folder should be")

        with pytest.raises(MailServerDown):
            queue_in(tmp_path / "letters").send(MAIL)
