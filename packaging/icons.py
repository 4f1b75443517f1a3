"""The program's icon for each system, drawn by Qt from its one SVG.

icons.py hicolor FOLDER     PNGs and the SVG, as Linux desktops look for them
icons.py ico FILE           for Windows
icons.py icns FILE          for macOS
"""

import os
import shutil
import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

NAME = "cancel-desk"
SVG = Path(__file__).resolve().parent.parent / f"resources/icons/{NAME}.svg"
HICOLOR_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 256)
# How macOS calls a PNG of so many pixels; the second halves are for screens of double density.
ICNS_TYPES = {
    b"icp4": 16,
    b"icp5": 32,
    b"ic07": 128,
    b"ic08": 256,
    b"ic09": 512,
    b"ic10": 1024,
    b"ic11": 32,
    b"ic12": 64,
    b"ic13": 256,
    b"ic14": 512,
}


def png(size: int) -> bytes:
    """Draw the icon as a PNG of `size` by `size` pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(SVG)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"png")).write(image):
        sys.exit("The icon could not be drawn.")
    return bytes(data.data())


def write_hicolor(folder: Path) -> None:
    for size in HICOLOR_SIZES:
        file = folder / f"{size}x{size}/apps/{NAME}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(size))
    scalable = folder / "scalable/apps"
    scalable.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SVG, scalable / SVG.name)


def ico() -> bytes:
    """Return the icon as Windows wants it: a directory of PNGs, 256 pixels being written as 0."""
    pictures = [png(size) for size in ICO_SIZES]
    offset = 6 + 16 * len(pictures)
    entries = b""
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        side = size % 256
        entries += struct.pack("<4B2H2I", side, side, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return struct.pack("<3H", 0, 1, len(pictures)) + entries + b"".join(pictures)


def icns() -> bytes:
    """Return the icon as macOS wants it: PNGs, each after its type and length."""
    pictures = b""
    for kind, size in ICNS_TYPES.items():
        picture = png(size)
        pictures += kind + struct.pack(">I", 8 + len(picture)) + picture
    return b"icns" + struct.pack(">I", 8 + len(pictures)) + pictures


def main(form: str, place: str) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([])
    path = Path(place)
    if form == "hicolor":
        write_hicolor(path)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes({"ico": ico, "icns": icns}[form]())
    application.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
