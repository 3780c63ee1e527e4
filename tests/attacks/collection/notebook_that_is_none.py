"""Hand in bytes that are no notebook, with the notebook's name.

Against: no submission stops another.
"""
# student: blank

# %% by hand
(folder / "convolution.ipynb").write_bytes(b"\xff\xfe\x00PK\x03\x04" * 1000)
