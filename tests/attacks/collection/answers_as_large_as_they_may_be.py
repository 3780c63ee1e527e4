"""Answer each question with as many bytes as an answer may have, in numbers, texts and what is printed meanwhile.

Against: no submission slows without bound.
"""
# may lose: everything
# stock: would harm nothing: the answers are plainly wrong

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    return np.zeros(2_900_000)

# %% answer convolve2d
def convolve2d(*args, **kwargs):
    print("😀" * 2_000_000)
    return [1e308] * 900_000

# %% answer conv-output-shape
def conv_output_shape(*args, **kwargs):
    from proctor.exam.wire.messages import Answer, Raised, encode

    said = "😀" * 2_500_000
    frame = encode(Answer(1, Raised("ValueError", said), said))
    for number in range(1, 256):
        os.write(3, len(frame).to_bytes(4, "big") + frame.replace(b"number\x01", b"number\xcc" + bytes([number])))

# %% after conv-output-shape
import os
