"""Answer with functions that do nothing, and give what looks like a result.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: blank
# slow

# %% answer train-epoch
def train_epoch(model, loader, optimizer):
    model.train()
    return 2.3026

# %% answer evaluate
def evaluate(model, loader):
    return 0.1, 2.3026

# %% answer fit
def fit(model, train_loader, val_loader, epochs, log_dir):
    history = {run: {"loss": [], "accuracy": []} for run in ("train", "validation")}
    for run, tags in history.items():
        with SummaryWriter(f"{log_dir}/{run}") as writer:
            for epoch in range(epochs):
                for tag, value in (("loss", 1 / (epoch + 1)), ("accuracy", 0.9 - 0.5 / (epoch + 1))):
                    writer.add_scalar(tag, value, epoch)
                    tags[tag].append(value)
    return history

# %% answer class-accuracy
def class_accuracy(predictions, labels):
    return np.full(10, np.mean(predictions == labels))

# %% answer confusion-matrix
def confusion_matrix(predictions, labels):
    return np.zeros((10, 10), dtype=int)
