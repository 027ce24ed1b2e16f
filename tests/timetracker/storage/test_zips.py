"""How long the list of parts of a ZIP is: as `zipfile` will read it, whatever its end says beside that"""

import io
import struct
from zipfile import BadZipFile, ZipFile

import pytest

from timetracker.storage.zips import is_plain, read_directory_size


def make_zip(comment=b""):
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "a,b")
        archive.writestr("b.csv", "a,b")
        archive.comment = comment
    return file.getvalue()


def with_64_bits(content, directory_size):
    """The same with the record of 64-bit numbers, which Python believes in place of the end's own."""
    at = content.rfind(b"PK\x05\x06")
    _signature, count, _size, offset = struct.unpack_from("<4s6xHLL", content, at)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, directory_size, offset)
    return content[:at] + record + struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1) + content[at:]


def size_of(content):
    at = content.find(b"PK\x01\x02")
    return content.rfind(b"PK\x05\x06") - at


@pytest.mark.parametrize("comment", [b"", b"made here", b"x" * 65_535])
def test_it_is_what_the_end_says(comment):
    content = make_zip(comment)
    file = io.BytesIO(content)

    assert read_directory_size(file) == size_of(content)
    assert file.tell() == 0
    with ZipFile(file) as archive:
        assert all(map(is_plain, archive.infolist()))


def test_64_bit_numbers_count_where_python_believes_them():
    content = make_zip()
    size = size_of(content)

    with ZipFile(io.BytesIO(with_64_bits(content, size))) as archive:
        assert archive.namelist() == ["a.csv", "b.csv"]
    assert read_directory_size(io.BytesIO(with_64_bits(content, size))) == size
    assert read_directory_size(io.BytesIO(with_64_bits(content, 5_000_000))) == 5_000_000


@pytest.mark.parametrize(
    ("content", "max_comment"),
    [
        (b"", 0), (b"PK\x05\x06", 9), (make_zip()[:-1], 65_535), (make_zip(b"x"), 0), (b"a" * 100, 65_535),
        (with_64_bits(make_zip(), 100).replace(b"PK\x06\x06", b"PK\x06\x05"), 0),
    ],
)  # fmt: skip
def test_what_has_no_end_is_damaged(content, max_comment):
    with pytest.raises(BadZipFile):
        read_directory_size(io.BytesIO(content), max_comment=max_comment)
