"""Hand in checkpoints whose tensors have sizes that overflow when they are multiplied, or unknown kinds of numbers.

Against: no submission stops another.
"""
# notebook: fashion_mnist
# student: reference
# slow

# %% by hand
import json
import struct


def entry(shape, dtype="F32", begin=0, end=0):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


names = ("conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc.weight", "fc.bias")
shapes = ([1 << 32, 1 << 32], [0, 1 << 62], [(1 << 64) - 1, 0], [1 << 63, 2], [10, 0, 7], [0])
header = {name: entry(shape) for name, shape in zip(names, shapes)}
header["__metadata__"] = {"a": "b" * 1_000_000}
header["deep"] = entry([0], dtype="F8_E4M3")
text = json.dumps(header).replace('"deep"', '"conv1.weight"').encode()
(folder / "fashion_cnn.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
