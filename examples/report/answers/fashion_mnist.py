# %% fashion-cnn
class FashionCNN(nn.Module):
    """All the layers of the table."""

    def __init__(self, batch_norm=False, dropout=0.1, pool=(2, 2, 0)):
        super().__init__()
        kernel, stride, padding = pool
        self.conv1 = nn.Conv2d(1, 16, 5, stride=1, padding=2)
        self.conv2 = nn.Conv2d(16, 32, 5, stride=1, padding=2)
        self.norm1 = nn.BatchNorm2d(16) if batch_norm else None
        self.norm2 = nn.BatchNorm2d(32) if batch_norm else None
        self.pool = nn.MaxPool2d(kernel, stride, padding)
        self.drop = nn.Dropout(dropout)
        with torch.no_grad():
            features = self.pool(self.conv2(self.pool(self.conv1(torch.zeros(1, 1, 28, 28))))).numel()
        self.fc = nn.Linear(features, 10)

    def forward(self, images):
        x = self.conv1(images)
        if self.norm1 is not None:
            x = self.norm1(x)
        x = self.pool(F.relu(x))
        x = self.conv2(x)
        if self.norm2 is not None:
            x = self.norm2(x)
        x = self.pool(F.relu(x))
        x = self.drop(x.reshape(x.shape[0], -1))
        return self.fc(x)


# %% train-epoch
def train_epoch(model, loader, optimizer):
    criterion = nn.CrossEntropyLoss()
    model.train()
    running_loss = 0.0
    seen = 0
    for images, labels in progress(loader):
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item() * images.size(0)
        seen += images.size(0)
    return running_loss / seen


# %% evaluate
def evaluate(model, loader):
    criterion = nn.CrossEntropyLoss()
    model.eval()
    correct = 0
    seen = 0
    running_loss = 0.0
    with torch.no_grad():
        for images, labels in loader:
            outputs = model(images)
            _, predicted = torch.max(outputs, 1)
            correct += (predicted == labels).sum().item()
            running_loss += criterion(outputs, labels).item() * labels.size(0)
            seen += labels.size(0)
    return correct / seen, running_loss / seen


# %% fit
def fit(model, train_loader, val_loader, epochs, log_dir):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    one_cycle(optimizer, max_lr=4e-3, total_steps=epochs * len(train_loader))
    train_writer = SummaryWriter(log_dir + "/train")
    val_writer = SummaryWriter(log_dir + "/validation")
    history = {"train": {"loss": [], "accuracy": []}, "validation": {"loss": [], "accuracy": []}}
    for epoch in range(epochs):
        train_loss = train_epoch(model, train_loader, optimizer)
        train_acc, _ = evaluate(model, train_loader)
        val_acc, val_loss = evaluate(model, val_loader)
        train_writer.add_scalar("loss", train_loss, epoch)
        train_writer.add_scalar("accuracy", train_acc, epoch)
        val_writer.add_scalar("loss", val_loss, epoch)
        val_writer.add_scalar("accuracy", val_acc, epoch)
        history["train"]["loss"].append(train_loss)
        history["train"]["accuracy"].append(train_acc)
        history["validation"]["loss"].append(val_loss)
        history["validation"]["accuracy"].append(val_acc)
    train_writer.close()
    val_writer.close()
    return history


# %% settings
settings = dict(batch_norm=False, dropout=0.1, pool=(2, 2, 0))
epochs = 6

# %% class-accuracy
def class_accuracy(predictions, labels):
    correct = np.zeros(10)
    total = np.zeros(10)
    for prediction, label in zip(predictions, labels):
        total[label] += 1
        correct[label] += prediction == label
    return correct / total


# %% confusion-matrix
def confusion_matrix(predictions, labels):
    matrix = np.zeros((10, 10), dtype=int)
    for prediction, label in zip(predictions, labels):
        matrix[label, prediction] += 1
    return matrix


# %% analysis [markdown]
# The classes T-shirt/top, coat and shirt are problematic. They look alike: all of them have a
# body and two sleeves, and at this size the edges that tell them apart are not obvious.
