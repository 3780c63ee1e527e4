"""Networks as students write them, each with random parameters and no training: images (N, 1, 28, 28) -> (N, 10)."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn


class Network(nn.Module):
    """A network whose ``forward`` is a function; its layers are keyword arguments."""

    def __init__(self, forward: Callable, **layers):
        super().__init__()
        self.function = forward
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, images):
        return self.function(self, images)


def head(channels: int) -> nn.Module:
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def residual():
    def forward(net, x):
        x = F.relu(net.first(x))
        x = x + net.second(F.relu(x))
        x += net.short(x)
        return net.head(x)

    first, second, short = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 1)
    return Network(forward, first=first, second=second, short=short, head=head(8))


def depthwise():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 16, 1), nn.Hardswish(), head(16)
    )


def norms_in_other_places():
    first, last = nn.Conv2d(1, 8, 3), nn.Sequential(nn.Flatten(), nn.Linear(8 * 169, 10), nn.BatchNorm1d(10))
    return nn.Sequential(nn.BatchNorm2d(1), first, nn.ReLU(inplace=True), nn.BatchNorm2d(8), nn.MaxPool2d(2), last)


def three_convolutions():
    blocks = [(nn.Conv2d(*sizes, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)) for sizes in ((1, 8), (8, 16), (16, 32))]
    return nn.Sequential(*sum(blocks, ()), nn.Dropout(0.3), nn.Flatten(), nn.Linear(32 * 9, 10))


def average_pooling_and_gelu():
    first = nn.Conv2d(1, 8, 3), nn.GELU(), nn.AvgPool2d(2)
    return nn.Sequential(*first, nn.Conv2d(8, 8, 3), nn.GELU("tanh"), nn.AvgPool2d(2, ceil_mode=True), head(8))


def functional():
    """Parameters without layers, dropout as a function, the number of images written out."""

    def forward(net, x):
        x = F.max_pool2d(F.relu(F.conv2d(x, net.w1, net.b1, padding=2)), 2)
        x = F.dropout(x.view(100, 8 * 14 * 14), 0.5, net.training)
        return x @ net.w2 + net.b2

    shapes = {"w1": (8, 1, 5, 5), "b1": (8,), "w2": (8 * 196, 10), "b2": (10,)}
    return Network(forward, **{name: nn.Parameter(torch.randn(shape) / 20) for name, shape in shapes.items()})


def module_list():
    def forward(net, x):
        for layer in net.layers:
            x = F.silu(layer(x))
        return net.head(x)

    return Network(forward, layers=nn.ModuleList([nn.Conv2d(1, 8, 3), nn.Conv2d(8, 8, 3, stride=2)]), head=head(8))


def channels_last_flattened():
    def forward(net, x):
        return net.dense(F.max_pool2d(net.conv(x), 2).permute(0, 2, 3, 1).flatten(1))

    return Network(forward, conv=nn.Conv2d(1, 8, 3), dense=nn.Linear(8 * 169, 10))


def adaptive_pooling():
    pooling = nn.AdaptiveMaxPool2d(5), nn.AdaptiveAvgPool2d((2, 3))
    return nn.Sequential(nn.Conv2d(1, 8, 3), *pooling, nn.Flatten(), nn.Linear(48, 10))


def global_pooling():
    return Network(lambda net, x: torch.sigmoid(net.conv(x)).mean((2, 3)), conv=nn.Conv2d(1, 10, 5))


def dilated_and_grouped():
    first = nn.Conv2d(1, 8, 3, dilation=2), nn.LeakyReLU(0.1)
    return nn.Sequential(*first, nn.Conv2d(8, 16, 3, groups=4, stride=2), nn.ELU(), head(16))


def softmax_at_the_end():
    return nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.Tanh(), head(8), nn.Softmax(1))


def negative_logits():
    return nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.PReLU(8), nn.Softplus(), head(8), nn.LogSoftmax(1))


def products():
    def forward(net, x):
        rows = torch.einsum("nchw,kw->nkh", x, net.rows)
        return torch.matmul(rows.flatten(1), net.last) + torch.arange(10)

    return Network(forward, rows=nn.Parameter(torch.randn(8, 28)), last=nn.Parameter(torch.randn(8 * 28, 10)))


def other_norms():
    norms = nn.GroupNorm(2, 8), nn.InstanceNorm2d(8, affine=True), nn.LayerNorm([8, 26, 26])
    conv = torch.nn.utils.parametrizations.weight_norm(nn.Conv2d(1, 8, 3))
    return nn.Sequential(conv, *norms, nn.Mish(), nn.Dropout2d(0.2), head(8))


def squeeze_and_excitation():
    def forward(net, x):
        maps = net.conv(x)
        return net.head(maps * torch.sigmoid(net.gate(maps.mean((2, 3))))[:, :, None, None])

    return Network(forward, conv=nn.Conv2d(1, 8, 3), gate=nn.Linear(8, 8), head=head(8))


def dense_connections():
    def forward(net, x):
        return net.head(torch.cat([net.conv(x), x, net.conv(x.flip(3)).roll(1, 2)], 1))

    return Network(forward, conv=nn.Conv2d(1, 4, 3, padding=1), head=head(9))


def changed_in_place():
    def forward(net, x):
        maps = net.conv(F.pad(x, (1, 1, 1, 1), mode="circular"))
        maps[:, :2] *= 2
        rows = maps.view(len(x), 8, -1)
        rows.relu_()
        return net.head(maps)

    return Network(forward, conv=nn.Conv2d(1, 8, 3), head=head(8))


def checks_and_prints():
    def forward(net, x):
        assert not torch.isnan(x).any() and x.shape[1:] == (1, 28, 28)
        print(f"the largest pixel is {x.max().item():.1f}")
        return net.head(net.conv(x))

    return Network(forward, conv=nn.Conv2d(1, 8, 3), head=head(8))


def ensemble():
    parts = nn.ModuleList([nn.Sequential(nn.Conv2d(1, 8, 3, stride=2), nn.ReLU(), head(8)) for _ in range(3)])
    return Network(lambda net, x: torch.stack([part(x) for part in net.parts]).mean(0), parts=parts)


def one_layer_twice():
    first, again = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
    return nn.Sequential(first, nn.ReLU(), again, nn.ReLU(), again, head(8))


def rows_of_an_lstm():
    return Network(lambda net, x: net.rows(x.squeeze(1))[0][:, -1], rows=nn.LSTM(28, 10, batch_first=True))


def rows_of_a_gru():
    return Network(lambda net, x: net.rows(x.squeeze(1))[0][:, -1], rows=nn.GRU(28, 10, batch_first=True))


def transformer():
    layer = nn.TransformerEncoderLayer(28, 4, 64, batch_first=True)
    places = nn.Parameter(torch.randn(28, 28))
    return Network(
        lambda net, x: net.last(net.layer(x.squeeze(1) + net.places).mean(1)),
        layer=layer,
        places=places,
        last=nn.Linear(28, 10),
    )


def spatial_transformer():
    def forward(net, x):
        grid = F.affine_grid(net.where(x.flatten(1)).view(-1, 2, 3), x.shape, align_corners=False)
        return net.head(F.interpolate(F.grid_sample(x, grid, align_corners=False), scale_factor=2, mode="bilinear"))

    return Network(forward, where=nn.Linear(784, 6), head=head(1))


def compiled_script():
    return torch.jit.script(nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), head(8)))


ARCHITECTURES = [
    residual, depthwise, norms_in_other_places, three_convolutions, average_pooling_and_gelu, functional, module_list,
    channels_last_flattened, adaptive_pooling, global_pooling, dilated_and_grouped, softmax_at_the_end, negative_logits,
    products, other_norms, squeeze_and_excitation, dense_connections, changed_in_place, checks_and_prints, ensemble,
    one_layer_twice, rows_of_an_lstm, rows_of_a_gru, transformer, spatial_transformer, compiled_script,
]  # fmt: skip
