"""What the packages are made of, and what is drawn for them."""

import hashlib
import json
import struct
from importlib.metadata import distribution
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

import documents
import icons
import parts
from parts import Part
from sbom import bill_of_materials

A_HASH = hashlib.sha256(b"").hexdigest()
REQUESTS = Part(
    "requests", "2.0", "pkg:pypi/requests@2.0", A_HASH, "Apache-2.0", requires=("idna",)
)
IDNA = Part("idna", "3.0", "pkg:pypi/idna@3.0", A_HASH, "BSD-3-Clause")
ZLIB = Part("zlib1g", "1:1.2", "pkg:deb/debian/zlib1g@1:1.2", A_HASH)


class TestBill:
    @pytest.fixture
    def bill(self):
        return bill_of_materials("1.2.3", 0, [IDNA, REQUESTS, ZLIB], ["requests"])

    def test_it_is_of_the_form(self, bill):
        assert bill["bomFormat"] == "CycloneDX"
        assert bill["specVersion"] == "1.6"
        assert bill["metadata"]["timestamp"] == "1970-01-01T00:00:00+00:00"
        assert bill["metadata"]["component"]["version"] == "1.2.3"

    def test_every_component_has_a_hash_and_an_address(self, bill):
        assert [each["name"] for each in bill["components"]] == ["idna", "requests", "zlib1g"]
        for component in bill["components"]:
            assert component["hashes"] == [{"alg": "SHA-256", "content": A_HASH}]
            assert component["purl"].startswith("pkg:")

    def test_it_says_what_needs_what(self, bill):
        needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
        assert needs["pkg:generic/cancel-desk@1.2.3"] == [REQUESTS.purl]
        assert needs[REQUESTS.purl] == [IDNA.purl]
        assert needs[IDNA.purl] == []

    def test_the_same_parts_make_the_same_bill_and_others_another(self, bill):
        again = bill_of_materials("1.2.3", 0, [IDNA, REQUESTS, ZLIB], ["requests"])
        assert json.dumps(again) == json.dumps(bill)
        other = bill_of_materials("1.2.3", 0, [REQUESTS, IDNA], ["requests"])
        assert other["serialNumber"] != bill["serialNumber"]


class TestParts:
    def test_a_distribution_needs_what_its_markers_ask_for_on_this_system(self):
        needed = set(parts.requirements_of(distribution("cancel-desk")))
        assert {"pyside6-essentials", "requests", "keyring", "truststore"} <= needed
        assert "pytest" not in needed
        assert "pysocks" not in set(parts.requirements_of(distribution("requests")))

    @pytest.mark.parametrize(
        ("name", "is_debians"), [("zlib1g", True), ("libpython3.11", False), ("libssl3", True)]
    )
    def test_of_python_each_debian_has_another(self, name, is_debians):
        assert Part(name, "1", f"pkg:deb/debian/{name}@1", A_HASH).is_debians is is_debians

    def test_what_comes_from_an_index_is_not_debian_s(self):
        assert not REQUESTS.is_debians


class TestDocuments:
    def test_every_part_s_licence_is_there(self, tmp_path):
        text = tmp_path / "LICENSE"
        text.write_text("Do what you like.")
        part = Part("a", "1", "pkg:pypi/a@1", A_HASH, texts=(text,))
        documents.write_documents(tmp_path / "doc", [part])
        assert (tmp_path / "doc/licences/a/LICENSE").read_text() == "Do what you like."
        assert "LGPL" not in (tmp_path / "doc/NOTICE").name
        assert "GNU Lesser General Public License" in (tmp_path / "doc/NOTICE").read_text()

    def test_a_part_without_a_licence_text_ends_the_build(self, tmp_path):
        with pytest.raises(SystemExit, match="idna"):
            documents.write_documents(tmp_path, [IDNA])

    def test_sums_are_as_sha256sum_writes_them(self, tmp_path):
        files = [tmp_path / "b", tmp_path / "a"]
        for file in files:
            file.touch()
        documents.write_sums(*files)
        assert (tmp_path / "SHA256SUMS").read_text() == f"{A_HASH}  a\n{A_HASH}  b\n"

    def test_the_licences_that_the_lgpl_asks_for_are_whole(self):
        folder = Path(parts.ROOT / "packaging/licences")
        assert "GNU LESSER GENERAL PUBLIC LICENSE" in (folder / "LGPL-3.0.txt").read_text()
        gpl = (folder / "GPL-3.0.txt").read_text()
        assert "END OF TERMS AND CONDITIONS" in gpl


class TestIcons:
    @pytest.mark.parametrize("size", [16, 512])
    def test_a_picture_has_its_size_and_something_on_it(self, qapp, size):
        image = QImage.fromData(icons.png(size))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(size // 2, size // 2).alpha()
        assert not image.pixelColor(0, 0).alpha()

    def test_for_windows(self, qapp):
        data = icons.ico()
        reserved, kind, count = struct.unpack("<3H", data[:6])
        assert (reserved, kind, count) == (0, 1, len(icons.ICO_SIZES))
        for number, size in enumerate(icons.ICO_SIZES):
            entry = struct.unpack_from("<4B2H2I", data, 6 + 16 * number)
            assert (entry[0] or 256) == size
            picture = QImage.fromData(data[entry[7] : entry[7] + entry[6]])
            assert picture.width() == size

    def test_for_macos(self, qapp):
        data = icons.icns()
        assert data[:4] == b"icns"
        assert struct.unpack(">I", data[4:8]) == (len(data),)
        found, offset = {}, 8
        while offset < len(data):
            kind, length = data[offset : offset + 4], *struct.unpack_from(">I", data, offset + 4)
            found[kind] = QImage.fromData(data[offset + 8 : offset + length]).width()
            offset += length
        assert found == icons.ICNS_TYPES
