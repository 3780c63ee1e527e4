# %% fashion-cnn
class FashionCNN(nn.Module):
    def __init__(self, batch_norm=False, dropout=0.1, pool=(2, 2, 0)):
        super().__init__()
        # the last layer only fits pool=(2, 2, 0); did not get to batch norm
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(*pool),
            nn.Conv2d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(*pool),
        )
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(32 * 7 * 7, 10)

    def forward(self, images):
        return self.output(self.dropout(self.features(images).flatten(1)))


# %% train-epoch
def train_epoch(model, loader, optimizer):
    model.train()
    total, n = 0.0, 0
    for images, labels in progress(loader):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        n += len(labels)
    return total / n


# %% evaluate
def evaluate(model, loader):
    model.eval()
    correct, total, n = 0, 0.0, 0
    with torch.no_grad():
        for images, labels in loader:
            logits = model(images)
            correct += int((logits.argmax(1) == labels).sum())
            total += F.cross_entropy(logits, labels).item() * len(labels)
            n += len(labels)
    return correct / n, total / n


# %% fit
def fit(model, train_loader, val_loader, epochs, log_dir):
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    writers = {run: SummaryWriter(f"{log_dir}/{run}") for run in ("train", "validation")}
    history = {run: {"loss": [], "accuracy": []} for run in writers}
    for epoch in range(epochs):
        loss = train_epoch(model, train_loader, optimizer)
        for run, loader in (("train", train_loader), ("validation", val_loader)):
            accuracy, mean_loss = evaluate(model, loader)
            for tag, value in (("loss", loss if run == "train" else mean_loss), ("accuracy", accuracy)):
                writers[run].add_scalar(tag, value, epoch)
                history[run][tag].append(value)
    for writer in writers.values():
        writer.close()
    return history


# %% settings
settings = dict(batch_norm=False, dropout=0.1, pool=(2, 2, 0))
epochs = 1
