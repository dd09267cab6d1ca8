"""Version of the package, the one that records carry."""

from codecarbon._native import __version__

__all__ = ["__version__"]
