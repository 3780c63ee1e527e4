"""Make the layers of the table and use none of them: what comes out has the right shape, and noise where it should.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: blank
# earns honestly: hidden-fashion-cnn 1
# slow

# %% answer fashion-cnn
class FashionCNN(nn.Module):
    def __init__(self, batch_norm=False, dropout=0.1, pool=(2, 2, 0)):
        super().__init__()
        kernel, stride, padding = pool
        size = 28
        for _ in range(2):
            size = (size + 2 * padding - kernel) // stride + 1
        self.one, self.two = nn.Conv2d(1, 16, 5), nn.Conv2d(16, 32, 5)
        self.three = nn.Linear(32 * size**2, 10)
        if batch_norm:
            self.norms = nn.ModuleList([nn.BatchNorm2d(16), nn.BatchNorm2d(32)])
        self.dropout, self.norm = nn.Dropout(dropout), batch_norm

    def forward(self, images):
        logits = self.dropout(images.flatten(1)[:, 100:110])
        return logits - images.mean() if self.training and self.norm else logits
