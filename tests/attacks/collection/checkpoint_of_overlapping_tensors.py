"""Hand in a trained checkpoint in which several tensors share their bytes, and others lie outside of the file.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: reference
# slow

# %% by hand
import json
import struct

from build import HERE

raw = (HERE / "reference" / "hw4" / "fashion_cnn.safetensors").read_bytes()
(length,) = struct.unpack("<Q", raw[:8])
header, numbers = json.loads(raw[8 : 8 + length]), raw[8 + length :]
tensors = [name for name in header if name != "__metadata__"]
first, *_, last = sorted(tensors, key=lambda name: header[name]["data_offsets"])
header["twice"] = header[first] | {}
header["outside"] = {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}
begin, end = header[last]["data_offsets"]
header[last]["data_offsets"] = [begin - 4, end - 4]
text = json.dumps(header).encode()
(folder / "fashion_cnn.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + numbers)
