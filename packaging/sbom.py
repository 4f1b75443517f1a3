"""The bill of materials of a build, in the form of CycloneDX 1.6."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from parts import PROGRAM, Part

_SPACE = uuid.uuid5(uuid.NAMESPACE_OID, PROGRAM)


def bill_of_materials(
    version: str, built: int, parts: Iterable[Part], requires: Iterable[str]
) -> dict[str, Any]:
    """Say what the program is made of; the same for the same build, whenever it is done.

    Args:
        version: the program's.
        built: the time that stands for the build, in seconds since 1970.
        parts: all of them.
        requires: the names of those that the program asks for itself.
    """
    components = [_component(part) for part in parts]
    references = {part.name: part.purl for part in parts}
    program = f"pkg:generic/{PROGRAM}@{version}"
    needs = {program: sorted(references[name] for name in requires)} | {
        part.purl: sorted(references[name] for name in part.requires) for part in parts
    }
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, repr(components))}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(built, UTC).isoformat(),
            "component": {
                "type": "application",
                "bom-ref": program,
                "name": PROGRAM,
                "version": version,
                "purl": program,
                "licenses": [{"license": {"id": "MIT"}}],
            },
        },
        "components": components,
        "dependencies": [
            {"ref": reference, "dependsOn": others} for reference, others in needs.items()
        ],
    }


def _component(part: Part) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "hashes": [{"alg": "SHA-256", "content": part.sha256}],
    }
    if part.licence:
        component["licenses"] = [{"license": {"name": part.licence}}]
    return component
