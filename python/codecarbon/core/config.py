"""Configuration from files and the environment, and what ``gpu_ids`` may be.

A tracker reads its configuration in native code, which also checks it; the functions here give
the same sources to programs that want to look. Values are strings, keys lower case. Nothing is
interpolated: ``%%`` is read as ``%``, any other ``%`` as itself.
"""

from __future__ import annotations

import os

from codecarbon.external import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

__all__ = [
    "CONFIG_FILE_NAME",
    "CONFIG_SECTION",
    "clean_env_key",
    "get_hierarchical_config",
    "get_hierarchical_config_with_sources",
    "normalize_gpu_ids",
    "parse_env_config",
    "parse_gpu_ids",
    "read_config_file",
]

CONFIG_FILE_NAME = ".codecarbon.config"
CONFIG_SECTION = "codecarbon"

_PREFIX = "codecarbon_"
_GPU_IDS_ARE = "gpu_ids is a list of indices and UUIDs, or a text with commas between them"


def clean_env_key(k: str) -> str:
    """The key of an environment variable: lower case, without the prefix ``codecarbon_``."""
    if not isinstance(k, str):
        raise TypeError(f"name of an environment variable is {k!r}, not a string")
    return k.lower().replace(_PREFIX, "", 1)


def parse_env_config() -> dict[str, dict[str, str]]:
    """``{"codecarbon": {key: value}}`` of the variables ``CODECARBON_…``, in any case."""
    found = {
        clean_env_key(name): value
        for name, value in os.environ.items()
        if name.lower().startswith(_PREFIX)
    }
    return {CONFIG_SECTION: found}


def read_config_file(path: str | PathLike[str]) -> dict[str, str]:
    """The section ``[codecarbon]`` of a file; nothing when there is no such file.

    Raises :class:`configparser.Error` for what is no INI file, or has a key twice.
    """
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    parser.read(path, encoding="utf-8")
    if not parser.has_section(CONFIG_SECTION):
        return {}
    return {key: value.replace("%%", "%") for key, value in parser.items(CONFIG_SECTION)}


def get_hierarchical_config() -> dict[str, str]:
    """Keys and values of ``~/.codecarbon.config``, ``./.codecarbon.config`` and the environment.

    Later sources win. Unknown keys are kept.
    """
    return get_hierarchical_config_with_sources()[0]


def get_hierarchical_config_with_sources() -> tuple[dict[str, str], dict[str, str]]:
    """The configuration, and for each key the file or the variable that it comes from."""
    values: dict[str, str] = {}
    sources: dict[str, str] = {}
    for directory in (os.path.expanduser("~"), os.getcwd()):
        path = os.path.join(directory, CONFIG_FILE_NAME)
        found = read_config_file(path)
        values.update(found)
        sources.update(dict.fromkeys(found, path))
    found = parse_env_config()[CONFIG_SECTION]
    values.update(found)
    sources.update({key: f"CODECARBON_{key.upper()}" for key in found})
    return values, sources


def normalize_gpu_ids(gpu_ids: str | Sequence[int | str] | None) -> list[int | str] | None:
    """``gpu_ids`` as a list: texts split at commas and stripped of all but letters, digits, "-".

    Entries of another type are left out with a warning; for anything else the answer is ``None``,
    which means all GPUs.
    """
    if gpu_ids is None:
        return None
    if isinstance(gpu_ids, str):
        return list(_split(gpu_ids))
    if not isinstance(gpu_ids, (list, tuple)):
        logger.warning(f"gpu_ids = {gpu_ids!r} is ignored: {_GPU_IDS_ARE}.")
        return None
    normal: list[int | str] = []
    for entry in gpu_ids:
        if isinstance(entry, int):
            normal.append(entry)
        elif isinstance(entry, str):
            normal.extend(_split(entry))
        else:
            logger.warning(f"{entry!r} in gpu_ids is ignored: an entry is an index or a UUID.")
    return normal


def parse_gpu_ids(gpu_ids: str | Sequence[int]) -> list[str] | None:
    """Like :func:`normalize_gpu_ids`, for a text or a list of indices; all entries are strings."""
    if isinstance(gpu_ids, str):
        return list(_split(gpu_ids))
    if isinstance(gpu_ids, list) and all(isinstance(entry, int) for entry in gpu_ids):
        return [str(entry) for entry in gpu_ids]
    logger.warning(f"gpu_ids = {gpu_ids!r} is ignored: {_GPU_IDS_ARE}.")
    return None


def _split(text: str) -> list[str]:
    kept = "".join([c for c in text if c in "-," or (c.isascii() and c.isalnum())])
    return [part for part in kept.split(",") if part]
