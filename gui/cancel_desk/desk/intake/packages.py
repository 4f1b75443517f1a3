"""What is in a ZIP file, looked at before a spreadsheet library is let near it.

A few kilobytes can unpack to gigabytes, a workbook's XML can define entities that grow without
end, and the directory at the end of the file may lie about both.
"""

import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import NoReturn
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from cancel_desk.desk.intake.errors import Kind, TooLarge, Unit, Unsupported
from cancel_desk.desk.intake.reading import MAX_CELLS, Reading

_MAX_ENTRIES = 5_000
_DIRECTORY_ENTRY = b"PK\x01\x02"
_IS_ENCRYPTED = 1
# Text of one kind packs to a hundredth at best; nothing small is worth a doubt.
_MAX_RATIO = 250
_SMALL = 1024 * 1024
# Tags of as many cells as come in, each with all that one can have, empty ones besides.
_MAX_TAGS = 20 * MAX_CELLS
_PORTION = 65_536
_DAMAGE = (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


def check_workbook(data: bytes, reading: Reading) -> None:
    """See that a ZIP file is a workbook which may be unpacked.

    All of it is unpacked once, in portions that are thrown away.

    Raises:
        Unsupported: it is something else, damaged, or made to do harm.
        TooLarge: it unpacks to too much.
    """
    if data.count(_DIRECTORY_ENTRY) > _MAX_ENTRIES:
        raise Unsupported(reading.source, Kind.UNSAFE_WORKBOOK)
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            kind = _kind(archive, {entry.filename for entry in entries})
            if kind:
                raise Unsupported(reading.source, kind)
            _check_directory(entries, reading)
            tags = 0
            for number, entry in enumerate(entries):
                tags += _check_entry(archive, entry, reading)
                if tags > _MAX_TAGS:
                    raise TooLarge(reading.source, MAX_CELLS, Unit.CELLS)
                reading.at(number / len(entries))
    except _DAMAGE as error:
        # The directory may be what is missing; names stand before each entry, too.
        kind = Kind.DAMAGED_WORKBOOK if b"xl/" in data else Kind.ARCHIVE
        raise Unsupported(reading.source, kind) from error


def _kind(archive: ZipFile, names: set[str]) -> Kind | None:
    """Return what a ZIP file is where it is no workbook of the kind that can be read."""
    if "xl/workbook.bin" in names:
        return Kind.OTHER_WORKBOOK
    if any(name.startswith("xl/") for name in names):
        return None
    if any(name.startswith(("word/", "ppt/")) for name in names):
        return Kind.DOCUMENT
    if "mimetype" in names:
        with archive.open("mimetype") as part:
            mime_type = part.read(100)
        if mime_type.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            return Kind.OTHER_WORKBOOK
        if mime_type.startswith(b"application/vnd.oasis.opendocument."):
            return Kind.DOCUMENT
    return Kind.ARCHIVE


def _check_directory(entries: Iterable[ZipInfo], reading: Reading) -> None:
    for entry in entries:
        if entry.flag_bits & _IS_ENCRYPTED:
            raise Unsupported(reading.source, Kind.LOCKED_WORKBOOK)
        packed, size = entry.compress_size, entry.file_size
        # Spreadsheet programs know these two; with others, little input may be any output.
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or (
            size > _SMALL and size > packed * _MAX_RATIO
        ):
            raise Unsupported(reading.source, Kind.UNSAFE_WORKBOOK)
        reading.count_unpacked(size)


def _check_entry(archive: ZipFile, entry: ZipInfo, reading: Reading) -> int:
    """Unpack an entry and return how many tags it may hold; no more than the directory says."""
    tags = 0
    head = _Head()
    with archive.open(entry) as part:
        while portion := part.read(_PORTION):
            reading.at(0)
            tags += portion.count(b"<")
            if head.has_document_type(portion):
                raise Unsupported(reading.source, Kind.UNSAFE_WORKBOOK)
    return tags


class _Found(Exception):  # noqa: N818
    """Ends the parser at the first thing that matters."""


class _Head:
    """XML up to its first element: behind that, no entity can be defined.

    The parser itself tells, because the same bytes can be another text in another encoding.
    """

    def __init__(self) -> None:
        self._parser: expat.XMLParserType | None = expat.ParserCreate()
        self._has_document_type = False
        self._parser.StartDoctypeDeclHandler = self._note_document_type
        self._parser.StartElementHandler = self._end

    def has_document_type(self, portion: bytes) -> bool:
        """Tell whether there is a document type in it, given one portion after the other."""
        if self._parser:
            try:
                self._parser.Parse(portion)
            except (_Found, expat.ExpatError):
                self._parser = None  # breaks the circle of handlers, too
        return self._has_document_type

    def _note_document_type(self, *_: object) -> NoReturn:
        self._has_document_type = True
        raise _Found

    def _end(self, *_: object) -> NoReturn:
        raise _Found
