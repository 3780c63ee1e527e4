"""Keep the functions that tests hand over, and call them from other answers, other cells and other threads.

Against: hidden stays hidden.
"""
# notebook: backpropagation
# may lose: test-backward hidden-backward

# %% answer numerical-gradient
import threading

kept = []


def numerical_gradient(f, x, eps=1e-5):
    kept.append(f)
    threading.Timer(0.2, call_all, ["LOOT from a thread"]).start()
    return 0.0 * x


def call_all(where):
    for f in kept:
        try:
            print(where, f(np.ones(3)))
        except Exception:
            pass

# %% after backward
honest_backward = backward


def backward(*batch):
    call_all("LOOT from an answer")
    return honest_backward(*batch)

# %% after about-compare
call_all("LOOT from a cell")
