"""Hand in zips beside the notebook: with a password, with 64-bit fields that lie, with zeros in a zip in a zip.

Against: no submission slows without bound.
"""

# %% by hand
import io
import struct
import zipfile

with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("notes.txt", "x" * 100)
raw = bytearray((folder / "work.zip").read_bytes())
raw[6] |= 1
raw[raw.index(b"PK\1\2") + 8] |= 1
(folder / "password.zip").write_bytes(raw)

for number, offset in enumerate((1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)):
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 45, 45, 0, 0, 0, 33, 0, 0xFFFFFFFF, 0xFFFFFFFF, 9, 28, 0, 0, 0, 0, 0xFFFFFFFF
    )
    table = entry + b"notes.txt" + struct.pack("<HHQQQ", 1, 24, 7, 7, offset)
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(table), 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(table), 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    (folder / f"offset{number}.zip").write_bytes(table + end + locator + last)

zeros = io.BytesIO()
with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
    for number in range(20):
        archive.writestr(f"zeros{number}.bin", bytes(10 << 20))
with zipfile.ZipFile(folder / "zeros.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for number in range(20):
        archive.writestr(f"zeros{number}.zip", zeros.getvalue())
