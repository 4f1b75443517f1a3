"""Make resources/translations/en.qm: the plurals of the English texts.

Every text in the program is its own English, but "%n payment(s)" is two texts. They are made
here by rule, "(s)" becoming nothing or "s"; a text whose plural is more than that is refused.
"""

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
RESULT = ROOT / "resources/translations/en.qm"


def main() -> int:
    sources = sorted(str(path) for path in (ROOT / "gui/cancel_desk").rglob("*.py"))
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "en.ts"
        _run("pyside6-lupdate", *sources, "-ts", str(texts))
        plurals = _fill(texts)
        _run("pyside6-lrelease", str(texts), "-qm", str(RESULT), "-removeidentical")
    print(f"{plurals} texts with plurals in {RESULT.relative_to(ROOT)}")
    return 0


def _fill(texts: Path) -> int:
    """Put in the two forms of every text that counts, and leave the others out."""
    tree = ET.parse(texts)  # noqa: S314 - made by the tool just now
    root = tree.getroot()
    root.set("language", "en_GB")
    plurals = 0
    for context in root.iter("context"):
        for message in list(context.iter("message")):
            if message.get("numerus") != "yes":
                context.remove(message)
                continue
            plurals += 1
            source = message.findtext("source") or ""
            for old in message.findall("translation"):
                message.remove(old)
            translation = ET.SubElement(message, "translation")
            for ending in ("", "s"):
                form = ET.SubElement(translation, "numerusform")
                form.text = source.replace("(s)", ending)
    tree.write(texts, encoding="utf-8", xml_declaration=True)
    return plurals


def _run(tool: str, *arguments: str) -> None:
    done = subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(main())
