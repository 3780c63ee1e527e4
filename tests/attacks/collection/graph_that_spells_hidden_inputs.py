"""Tell in the words of a graph what an earlier hidden test has asked.

Against: hidden stays hidden.
"""
# notebook: fashion_mnist
# student: half-done
# may lose: test-checkpoint test-evaluate hidden-evaluate
# slow

# %% answer evaluate
heard = []


def evaluate(model, loader):
    for images, labels in loader:
        heard.append("LOOT " + " ".join(str(int(label)) for label in labels))
    return 0.5, 1.0


def trace_network(model, images):
    said = heard[-1] if heard else "LOOT"
    operations = [(said, [("parameter", said), said], {said: said})]
    return {"refused": said, "operations": operations, "constants": [], "answer": ("result", 0, 0), said: said}
