"""The files of `resources/`, found the same way in a checkout, a wheel and a frozen program."""

import functools
from importlib.resources import files


@functools.cache  # also because Qt reads translations where they lie, without a copy
def resource_bytes(name: str) -> bytes:
    """Return what is in a file of `resources/`, given by its path with slashes."""
    return files("cancel_desk.resources").joinpath(name).read_bytes()


def resource_names(folder: str) -> list[str]:
    """Return the names of the files in a folder of `resources/`."""
    return sorted(file.name for file in files("cancel_desk.resources").joinpath(folder).iterdir())
