"""The package's build backend: maturin, with the native commands beside the module.

A wheel of this package carries ``codecarbon``, ``codecarbon-monitor`` and ``carbonboard`` as native
programs, so that an installed command starts without an interpreter. To keep the wheel small only the
first is whole: the other two are one small program that becomes the first. The programs are built and
laid where maturin looks for scripts; the module, the metadata and the archive are maturin's work. The
source distribution is written here, because maturin's holds only the crates that the module needs.

Nothing but the standard library and maturin is used.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import maturin

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "codecarbon._native.data" / "scripts"
"""Where maturin finds what goes into the directory of programs; it exists only during a build."""

PROGRAMS = {"codecarbon": ("codecarbon",), "carbonboard": ("carbonboard", "codecarbon-monitor")}
"""What cargo builds, and the names under which it is installed."""

LEFT_OUT = {".git", "target", "__pycache__", ".pytest_cache", "codecarbon._native.data"}

get_requires_for_build_wheel = maturin.get_requires_for_build_wheel
get_requires_for_build_editable = maturin.get_requires_for_build_editable
get_requires_for_build_sdist = maturin.get_requires_for_build_sdist
prepare_metadata_for_build_wheel = maturin.prepare_metadata_for_build_wheel
prepare_metadata_for_build_editable = maturin.prepare_metadata_for_build_editable


def build_wheel(
    wheel_directory: str,
    config_settings: dict[str, object] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build the wheel and return its name."""
    with commands():
        return maturin.build_wheel(wheel_directory, squeezed(config_settings), metadata_directory)


def build_editable(
    wheel_directory: str,
    config_settings: dict[str, object] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build the wheel of an editable installation and return its name."""
    with commands():
        return maturin.build_editable(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory: str, config_settings: dict[str, object] | None = None) -> str:
    """Archive the sources with the package's metadata, and return the archive's name."""
    with tempfile.TemporaryDirectory() as directory:
        info = prepare_metadata_for_build_wheel(directory, config_settings)
        metadata = (Path(directory) / info / "METADATA").read_bytes()
    name = info.removesuffix(".dist-info")
    archive = f"{name}.tar.gz"
    with tarfile.open(Path(sdist_directory) / archive, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        entry = tarfile.TarInfo(f"{name}/PKG-INFO")
        entry.size = len(metadata)
        tar.addfile(entry, io.BytesIO(metadata))
        for path in sources():
            tar.add(ROOT / path, f"{name}/{path}", recursive=False, filter=anonymous)
    return archive


def squeezed(settings: dict[str, object] | None) -> dict[str, object]:
    """The settings with the best compression, unless somebody gives maturin's arguments."""
    settings = dict(settings or {})
    is_given = "MATURIN_PEP517_ARGS" in os.environ or any("build-args" in name for name in settings)
    return settings if is_given else {**settings, "maturin.build-args": "--compression-level 9"}


@contextlib.contextmanager
def commands() -> Iterator[None]:
    """Build the commands and lay them where maturin finds them, while it makes a wheel."""
    built = build_programs()
    shutil.rmtree(SCRIPTS.parent, ignore_errors=True)
    SCRIPTS.mkdir(parents=True)
    try:
        for program, names in PROGRAMS.items():
            for name in names:
                shutil.copy2(built[program], SCRIPTS / f"{name}{built[program].suffix}")
        yield
    finally:
        shutil.rmtree(SCRIPTS.parent, ignore_errors=True)


def build_programs() -> dict[str, Path]:
    """Build the programs as cargo is configured, and say where they are."""
    cargo = [os.environ.get("CARGO", "cargo"), "build", "--release", "--locked"]
    for program in PROGRAMS:
        cargo += ["--bin", program]
    # Without gRPC: collectors take the same by HTTP, and a wheel is to stay small.
    cargo += ["--package", "codecarbon", "--no-default-features"]
    cargo += ["--message-format", "json-render-diagnostics"]
    environment = {**commit(), **os.environ}
    output = subprocess.run(
        cargo, cwd=ROOT, stdout=subprocess.PIPE, check=True, env=environment
    ).stdout
    messages = map(json.loads, output.splitlines())
    found = [Path(m["executable"]) for m in messages if m.get("executable")]
    built = {program.stem: program for program in found}
    missing = PROGRAMS.keys() - built.keys()
    if missing:
        raise RuntimeError(f"cargo did not build {', '.join(sorted(missing))}")
    return built


def commit() -> dict[str, str]:
    """The commit, for ``--version``; nothing where there is no repository."""
    git = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        output = subprocess.run(
            git, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {"CODECARBON_COMMIT": output.decode().strip()}


def sources() -> list[PurePosixPath]:
    """The files that are tracked; all of the directory where there is no repository."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        names = [name for name in listing.stdout.decode().split("\0") if (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        names = []
    if "pyproject.toml" not in names:
        # No repository, or one around an unpacked archive.
        names = [
            path.relative_to(ROOT).as_posix()
            for path in ROOT.rglob("*")
            if path.is_file() and LEFT_OUT.isdisjoint(path.relative_to(ROOT).parts)
        ]
    paths = (PurePosixPath(name) for name in names)
    return sorted(p for p in paths if str(p) != "PKG-INFO" and p.suffix not in {".so", ".pyc"})


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """An archive entry without the owner of the file."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
