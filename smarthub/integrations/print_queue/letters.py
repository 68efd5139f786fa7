"""Print letters: one PDF each in a folder, whole or not at all, once by its identity.

The office prints what is there and moves it away. The template holds the layout and no words,
so nothing a person typed is ever read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typst

from smarthub.notifications.ports import Mail, MailServerDown

TEMPLATE = Path(__file__).parent / "letter.typ"


@dataclass(frozen=True)
class LetterQueue:
    """Puts each letter into ``folder``; ``sender`` are the lines of the co-op's own address."""

    folder: Path
    fonts: Path
    sender: Sequence[str]

    def send(self, mail: Mail) -> None:
        """Draw one letter; when this returns, it lies in the folder.

        Raises:
            MailServerDown: the folder cannot be written.
        """
        name = f"{mail.sent_at:%Y-%m-%d}-{mail.identity}.pdf"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = self.folder / f".{name}"
            unfinished.write_bytes(self._draw(mail))
            unfinished.replace(self.folder / name)
        except OSError as error:
            raise MailServerDown(detail=str(error)) from error

    def close(self) -> None:
        """Nothing was opened."""

    def _draw(self, mail: Mail) -> bytes:
        paragraphs = [part.replace("\n", " ") for part in mail.body.strip().split("\n\n")]
        letter = {
            "from": [mail.sender_name, *self.sender],
            "to": mail.address.split("\n"),
            "subject": mail.subject,
            "paragraphs": paragraphs,
            "language": mail.language,
        }
        pdf = typst.compile(
            str(TEMPLATE),
            font_paths=[str(self.fonts)] if self.fonts.is_dir() else [],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="ua-1",
            sys_inputs={"letter": json.dumps(letter, ensure_ascii=False)},
            timestamp=int(mail.sent_at.timestamp()),
        )
        assert isinstance(pdf, bytes)  # noqa: S101 (a PDF is one file)
        return pdf
