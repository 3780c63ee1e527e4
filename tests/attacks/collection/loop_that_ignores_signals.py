"""Loop without end in an answer, ignoring every signal and catching every exception.

Against: no submission slows without bound.
"""
# stock: waits for nbgrader's timeout of minutes

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import signal

    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
