"""The build does what is needed, and nothing twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from smarthub.jobs.assets import Step, run_steps


@pytest.fixture
def build(tmp_path: Path) -> Callable[[], list[str]]:
    """Build a sheet from a source, as the real steps build theirs."""
    source, sheet = tmp_path / "source.css", tmp_path / "sheet.css"
    source.write_text("a {}")
    step = Step("sheet", (source,), (sheet,), lambda: shutil.copyfile(source, sheet))

    def run() -> list[str]:
        return run_steps(steps=[step], record=tmp_path / "record.json", progress=lambda _name: None)

    return run


class TestABuild:
    def test_makes_what_is_missing_and_then_rests(
        self, build: Callable[[], list[str]], tmp_path: Path
    ) -> None:
        assert build() == ["sheet"]
        assert build() == []
        assert (tmp_path / "sheet.css").read_text() == "a {}"

    def test_makes_again_what_its_source_has_outgrown(
        self, build: Callable[[], list[str]], tmp_path: Path
    ) -> None:
        build()
        (tmp_path / "source.css").write_text("b {}")

        assert build() == ["sheet"]
        assert (tmp_path / "sheet.css").read_text() == "b {}"

    def test_makes_again_what_was_deleted(
        self, build: Callable[[], list[str]], tmp_path: Path
    ) -> None:
        build()
        (tmp_path / "sheet.css").unlink()

        assert build() == ["sheet"]
