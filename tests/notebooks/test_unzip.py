"""A stranger's zip: what is an ordinary file inside comes out, the rest is named, nothing lands elsewhere."""

import random
import stat
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from proctor.notebooks.unzip import MIB, ArchiveLimits, BadArchive, extract


def archive(folder: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "upload.zip"
    with zipfile.ZipFile(path, "w", method) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return path


def files(folder: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if not path.is_dir()}
    return {name: path.read_bytes() for name, path in sorted(found.items())}


def test_files_and_folders_come_out_as_they_went_in(tmp_path):
    members = {"lab.ipynb": b"{}", "runs/train/events": b"\0\1", "ein ü.txt": b""}
    assert extract(archive(tmp_path, members), tmp_path / "out") == ()
    assert files(tmp_path / "out") == members


def test_what_macos_adds_goes_without_a_word(tmp_path):
    members = {"hw4/lab.ipynb": b"{}", "__MACOSX/hw4/._lab.ipynb": b"x", "hw4/.DS_Store": b"x", "hw4/": b""}
    zipped = archive(tmp_path, members)
    assert extract(zipped, tmp_path / "out") == ()
    assert files(tmp_path / "out") == {"hw4/lab.ipynb": b"{}"}


@pytest.mark.parametrize("name", ["../out.txt", "a/../../out.txt", "..\\out.txt", "a/.."])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    zipped = archive(tmp_path / ".", {name: b"x", "good": b"y"})
    (reason,) = extract(zipped, tmp_path / "deep" / "out")
    assert "leads out of the folder" in reason
    assert files(tmp_path / "deep") == {"out/good": b"y"}


@pytest.mark.parametrize(
    "name", ["/etc/hw4/lab.ipynb", "//etc/hw4/lab.ipynb", "etc\\hw4\\lab.ipynb", "./etc//hw4/./lab.ipynb"]
)
def test_absolute_windows_and_roundabout_names_are_taken_as_relative(tmp_path, name):
    assert extract(archive(tmp_path, {name: b"x"}), tmp_path / "out") == ()
    assert files(tmp_path / "out") == {"etc/hw4/lab.ipynb": b"x"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices_are_left_out(tmp_path, kind):
    odd = zipfile.ZipInfo("odd")
    odd.create_system, odd.external_attr = 3, (kind | 0o777) << 16
    path = tmp_path / "upload.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr(odd, "/etc/passwd")
        opened.writestr("odd/below", "x")
    (reason,) = extract(path, tmp_path / "out")
    assert reason == "'odd': a link or a device, not a file"
    assert files(tmp_path / "out") == {"odd/below": b"x"}


def test_nothing_that_is_there_is_replaced_or_followed(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "out/link").symlink_to(tmp_path / "victim")
    zipped = archive(tmp_path, {"link": b"yours", "a": b"file", "a/b": b"below a file", "ok": b"y"})
    reasons = extract(zipped, tmp_path / "out")
    assert [reason.split(":")[0] for reason in reasons] == ["'link'", "'a/b'"]
    assert (tmp_path / "victim").read_text() == "mine"
    assert files(tmp_path / "out")["ok"] == b"y"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_with_one_name_the_first_stays_and_the_other_is_named(tmp_path):
    path = tmp_path / "upload.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("lab.ipynb", "first")
        opened.writestr("lab.ipynb", "second")
    (reason,) = extract(path, tmp_path / "out")
    assert "file of this name" in reason and files(tmp_path / "out") == {"lab.ipynb": b"first"}


@pytest.mark.parametrize("name", ["x" * 300, "y/" * 3000 + "z"])
def test_a_name_that_no_disk_takes_costs_only_itself(tmp_path, name):
    (reason,) = extract(archive(tmp_path, {name: b"x", "good": b"y"}), tmp_path / "out")
    assert "name cannot be used" in reason and len(reason) < 400
    assert files(tmp_path / "out") == {"good": b"y"}


def test_a_bomb_is_given_up_where_it_grows_and_leaves_nothing(tmp_path):
    zipped = archive(tmp_path, {"zeros": bytes(64 * MIB), "good": b"y"})
    assert zipped.stat().st_size < MIB
    (reason,) = extract(zipped, tmp_path / "out")
    assert "far more than it is packed" in reason
    assert files(tmp_path / "out") == {"good": b"y"}


def test_a_header_that_lies_about_sizes_changes_nothing(tmp_path):
    zipped = archive(tmp_path, {"zeros": bytes(64 * MIB), "good": b"y"})
    raw = bytearray(zipped.read_bytes())
    entry = raw.index(b"PK\1\2")
    struct.pack_into("<II", raw, entry + 20, 0x7FFFFFFF, 100)  # packed, unpacked
    zipped.write_bytes(raw)
    (reason,) = extract(zipped, tmp_path / "out")
    assert reason.startswith("'zeros': it ")
    assert files(tmp_path / "out") == {"good": b"y"}


def test_many_bombs_together_are_worth_no_more_than_one_and_leave_room_for_small_files(tmp_path):
    zipped = archive(tmp_path, {f"zeros{n}": bytes(3 * MIB) for n in range(20)} | {"deep/random": random.randbytes(9)})
    reasons = extract(zipped, tmp_path / "out", ArchiveLimits(bytes_together=8 * MIB, ratio=10_000))
    assert sum(map(len, files(tmp_path / "out").values())) <= 8 * MIB
    assert all("all files together are too large" in reason for reason in reasons) and len(reasons) == 18
    assert "deep/random" in files(tmp_path / "out")


def test_of_too_many_files_those_in_the_fewest_folders_come_out(tmp_path):
    members = {f"venv/lib/{n}": b"" for n in range(50)} | {"lab.ipynb": b"{}"}
    (reason,) = extract(archive(tmp_path, members), tmp_path / "out", ArchiveLimits(files=10))
    assert reason == "41 files beyond the first 10: too many files"
    assert "lab.ipynb" in files(tmp_path / "out") and len(files(tmp_path / "out")) == 10


def test_a_table_of_contents_that_would_fill_the_memory_is_not_read(tmp_path):
    zipped = archive(tmp_path, {f"{n:0200}": b"" for n in range(6000)})
    with pytest.raises(BadArchive, match="far too many files"):
        extract(zipped, tmp_path / "out", ArchiveLimits(files=10))


def test_a_file_with_a_password_or_packed_unusually_is_named(tmp_path):
    zipped = archive(tmp_path, {"secret": b"x", "good": b"y"})
    raw = bytearray(zipped.read_bytes())
    raw[raw.index(b"PK\1\2") + 8] |= 1
    zipped.write_bytes(raw)
    (reason,) = extract(zipped, tmp_path / "out")
    assert "password" in reason
    (reason,) = extract(archive(tmp_path, {"odd": b"x"}, zipfile.ZIP_LZMA), tmp_path / "out")
    assert "unusual way" in reason
    assert files(tmp_path / "out") == {"good": b"y"}


def zip64(content: bytes, unpacked: int | None = None, offset: int = 0) -> bytes:
    """A zip of one file, all of whose sizes and places stand in 64-bit fields."""
    size, crc = len(content), zlib.crc32(content)
    unpacked = size if unpacked is None else unpacked
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 0, 0, 33, crc, 0xFFFFFFFF, 0xFFFFFFFF, 4, 20)
    body = local + b"file" + struct.pack("<HHQQ", 1, 16, size, size) + content
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 45, 45, 0, 0, 0, 33, crc, 0xFFFFFFFF, 0xFFFFFFFF, 4, 28, 0, 0, 0, 0, 0xFFFFFFFF
    )
    table = entry + b"file" + struct.pack("<HHQQQ", 1, 24, unpacked, size, offset)
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(table), len(body))
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(body) + len(table), 1)
    return (
        body
        + table
        + end
        + locator
        + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    )


def test_a_zip_with_64_bit_fields_is_read(tmp_path):
    (tmp_path / "upload.zip").write_bytes(zip64(b"content"))
    assert extract(tmp_path / "upload.zip", tmp_path / "out") == ()
    assert files(tmp_path / "out") == {"file": b"content"}


@pytest.mark.parametrize("number", [1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
@pytest.mark.parametrize("field", ["unpacked", "offset"])
def test_no_64_bit_field_is_large_enough_to_make_it_raise(tmp_path, field, number):
    (tmp_path / "upload.zip").write_bytes(zip64(b"content", **{field: number}))
    with suppress(BadArchive):
        (reason,) = extract(tmp_path / "upload.zip", tmp_path / "out")
        assert reason in ("'file': it is damaged", "'file': larger than 256 MiB")
        assert files(tmp_path / "out") == {}


def test_a_damaged_file_is_left_out_and_the_others_come(tmp_path):
    zipped = archive(tmp_path, {"damaged": b"content" * 9, "good": b"y"}, zipfile.ZIP_STORED)
    zipped.write_bytes(zipped.read_bytes().replace(b"contentcontent", b"contenTcontent"))
    (reason,) = extract(zipped, tmp_path / "out")
    assert reason == "'damaged': it is damaged"
    assert files(tmp_path / "out") == {"good": b"y"}


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"%PDF-1.7", b"PK\5\6" + b"\xff" * 18, bytes(5000)])
def test_what_is_no_zip_is_called_so(tmp_path, content):
    (tmp_path / "upload.zip").write_bytes(content)
    with pytest.raises(BadArchive, match=r"not a zip|far too many"):
        extract(tmp_path / "upload.zip", tmp_path / "out")


def test_no_damage_makes_it_raise_anything_else(tmp_path):
    members = {f"folder{n}/file": random.Random(n).randbytes(50) for n in range(5)}
    good = archive(tmp_path, members).read_bytes()
    chance = random.Random(520)
    for round_ in range(300):
        raw = bytearray(good)
        for _ in range(chance.choice((1, 3, 20))):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        path = tmp_path / f"{round_}.zip"
        path.write_bytes(raw[: chance.choice((len(raw), chance.randrange(len(raw))))])
        folder = tmp_path / f"out{round_}" / "deep"
        with suppress(BadArchive):
            extract(path, folder)
        assert set(folder.parent.glob("*")) <= {folder}
