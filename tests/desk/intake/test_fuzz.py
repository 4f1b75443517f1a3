"""A few of the files that `fuzz` makes without end."""

from pathlib import Path

from .fuzz import file_of, read


def test_damaged_files(tmp_path: Path):
    for seed in range(600):
        name, data = file_of(seed)
        path = tmp_path / name
        path.write_bytes(data)
        read(path)
