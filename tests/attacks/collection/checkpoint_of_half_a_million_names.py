"""Hand in a checkpoint of half a million tensors without numbers, behind names that nearly fit.

Against: no submission slows without bound.
"""
# notebook: fashion_mnist
# student: reference
# slow

# %% by hand
import json
import struct

nothing = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
header = {f"{'module.' * (number % 7)}{number}.conv1.weight": nothing for number in range(500_000)}
text = json.dumps(header).encode()
(folder / "fashion_cnn.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
