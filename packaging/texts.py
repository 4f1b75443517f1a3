"""Make the files of texts, `resources/translations/*.qm`.

- en.qm: the plurals of the English texts. Every text in the program is its own English, but
  "%n payment(s)" is two texts. They are made by rule, "(s)" becoming nothing or "s"; a text whose
  plural is more than that is refused.
- One more for each language of which `packaging/translations` has a .ts file; new texts are added
  to that file, for the translator.
- A made-up language, longer and accented, in which a text that was forgotten or cut off shows. It
  is for tests and pictures and is not shipped.
"""

import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication, QTranslator

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
RESULT = ROOT / "resources/translations/en.qm"
LANGUAGES = ROOT / "packaging/translations"

# What stays as it is: places for values, escapes, mnemonics before their letter, and links.
_KEPT = re.compile(r"(%L?n|%L?\d+|&.|\n|<[^>]*>)")
_ACCENTED = str.maketrans(
    "abcdeghiklnorstuwyzABCDEGHIKLNORSTUWYZ",
    "åƀçðéĝĥîķļñöŕšţûŵýžÅƁÇÐÉĜĤÎĶĻÑÖŔŠŢÛŴÝŽ",
)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        collected = Path(folder) / "en.ts"
        collect(collected)
        plurals = _fill(collected)
        release(collected, RESULT)
    print(f"{plurals} texts with plurals in {RESULT.relative_to(ROOT)}")
    for language in sorted(LANGUAGES.glob("*.ts")):
        collect(language)
        made = RESULT.with_name(f"{language.stem}.qm")
        release(language, made)
        print(f"{language.relative_to(ROOT)} is in {made.relative_to(ROOT)}")
    return 0


def make_made_up(result: Path) -> None:
    """Make the made-up language out of all texts in the program."""
    with tempfile.TemporaryDirectory() as folder:
        collected = Path(folder) / "made-up.ts"
        collect(collected)
        _translate(collected, made_up)
        release(collected, result)


def install(application: "QCoreApplication", file: Path) -> "QTranslator":
    """Have an application speak the language of a .qm file, until it is removed."""
    from PySide6.QtCore import QTranslator

    translator = QTranslator(application)
    if not translator.load(str(file)):
        raise OSError(f"{file} is no file of texts")
    application.installTranslator(translator)
    return translator


def made_up(text: str) -> str:
    """Return a text as the made-up language has it: in brackets, accented, longer by 40 %."""
    parts = _KEPT.split(text)
    letters = "".join(
        part if place % 2 else part.translate(_ACCENTED) for place, part in enumerate(parts)
    )
    longer = " " + "·" * max(1, round(0.4 * len(text)) - 3)
    return f"[{letters}{longer}]"


def all_texts() -> set[str]:
    """Return every text in the program, in English, as it stands in the code."""
    with tempfile.TemporaryDirectory() as folder:
        collected = Path(folder) / "all.ts"
        collect(collected)
        return {source.text or "" for source in ET.parse(collected).iter("source")}  # noqa: S314


def collect(file: Path) -> None:
    """Add to a .ts file what the program has to say and the file does not know yet."""
    sources = sorted(str(path) for path in (ROOT / "gui/cancel_desk").rglob("*.py"))
    _run("pyside6-lupdate", *sources, "-locations", "none", "-no-obsolete", "-ts", str(file))


def release(file: Path, result: Path) -> None:
    """Make a .qm file out of a .ts file."""
    _run("pyside6-lrelease", str(file), "-qm", str(result), "-removeidentical")


def _translate(file: Path, into: Callable[[str], str]) -> None:
    """Put a translation beside every text of a .ts file, in both forms where it counts."""
    tree = ET.parse(file)  # noqa: S314 - made by the tool just now
    tree.getroot().set("language", "en_GB")
    for message in tree.getroot().iter("message"):
        source = message.findtext("source") or ""
        for old in message.findall("translation"):
            message.remove(old)
        translation = ET.SubElement(message, "translation")
        if message.get("numerus") != "yes":
            translation.text = into(source)
            continue
        for ending in ("", "s"):
            ET.SubElement(translation, "numerusform").text = into(source.replace("(s)", ending))
    tree.write(file, encoding="utf-8", xml_declaration=True)


def _fill(texts: Path) -> int:
    """Put in the two forms of every text that counts, and leave the others out."""
    tree = ET.parse(texts)  # noqa: S314 - made by the tool just now
    plurals = 0
    for context in tree.getroot().iter("context"):
        for message in list(context.iter("message")):
            if message.get("numerus") == "yes":
                plurals += 1
            else:
                context.remove(message)
    tree.write(texts, encoding="utf-8", xml_declaration=True)
    _translate(texts, lambda text: text)
    return plurals


def _run(tool: str, *arguments: str) -> None:
    done = subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(main())
