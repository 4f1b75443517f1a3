"""Why something was not read. Texts for these are the window's."""

from enum import StrEnum


class Unit(StrEnum):
    """What a limit counts."""

    BYTES = "bytes"  # of the file; characters of a paste
    LINES = "lines"
    CELLS = "cells"  # that are not empty, of all sheets or tables
    UNPACKED = "unpacked bytes"  # a workbook's, without the compression
    IDS = "ids"  # found, and pieces that look like one


class Kind(StrEnum):
    """What a file is, where it is nothing that can be read."""

    FOLDER = "folder"
    EMPTY = "empty"
    PDF = "pdf"
    PICTURE = "picture"
    ARCHIVE = "archive"  # ZIP and the like: its files have to be taken out first
    OUTLOOK = "outlook"  # .msg: to be saved as .eml, or its text copied
    OTHER_WORKBOOK = "other workbook"  # .xls, .xlsb, .ods: to be saved as .xlsx
    LOCKED_WORKBOOK = "locked workbook"  # with a password: to be saved without
    DAMAGED_WORKBOOK = "damaged workbook"  # to be opened and saved anew
    UNSAFE_WORKBOOK = "unsafe workbook"  # made to fill the memory, or as no program makes one
    DOCUMENT = "document"  # of a word processor, slides
    OTHER = "other"  # no text


class ReadError(Exception):
    """Nothing was read from `source`: a file's name, empty for a paste."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.source = source


class TooLarge(ReadError):  # noqa: N818
    """There is more of it than comes in at once: `limit` tells how many `unit` do."""

    def __init__(self, source: str, limit: int, unit: Unit) -> None:
        super().__init__(source)
        self.limit = limit
        self.unit = unit


class Unreadable(ReadError):  # noqa: N818
    """The system would not let the file be read; `errno` is its number for why, where known."""

    def __init__(self, source: str, errno: int | None) -> None:
        super().__init__(source)
        self.errno = errno


class Unsupported(ReadError):  # noqa: N818
    """It was read and holds no text; `kind` tells what it is instead."""

    def __init__(self, source: str, kind: Kind) -> None:
        super().__init__(source)
        self.kind = kind


class Stopped(Exception):  # noqa: N818
    """The operator wanted no more of it. `find_ids` makes of it what was found up to there."""
