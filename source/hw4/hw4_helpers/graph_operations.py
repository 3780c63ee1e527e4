"""The operations that a network's graph may be made of.

All of them give the same for the same numbers, read and write no files, and know no
state; some change a tensor of the graph in place. None takes a place in memory from its
arguments without checking it: where PyTorch's inner function does not, the checked one of
its interface stands here.
Whoever adds one: what it needs must be bounded by the sizes of its arguments and result.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F

_ELEMENTWISE = """
    abs acos asin atan atan2 ceil celu clamp clamp_max clamp_min cos cosh elu erf exp expm1 floor gelu hardshrink
    hardsigmoid hardswish hardtanh leaky_relu log log10 log1p log2 mish neg reciprocal relu relu6 round rsqrt selu
    sgn sigmoid sign silu sin sinh softplus softshrink sqrt square tan tanh threshold trunc
    add addcdiv addcmul bitwise_and bitwise_not bitwise_or bitwise_xor copy div eq fmod ge glu gt hypot isnan le lerp
    logaddexp logical_and logical_not logical_or logical_xor lt masked_fill maximum minimum mul ne pow remainder
    rsub sub where
"""
_PRODUCTS = "addmm addmv baddbmm bmm convolution dot mm mv vdot"
_REDUCTIONS = """
    all amax amin any argmax argmin cumsum linalg_vector_norm logsumexp max mean min norm prod std std_mean sum var
    var_mean _safe_softmax
"""
_POOLING = "_adaptive_avg_pool2d adaptive_max_pool2d avg_pool2d max_pool2d_with_indices"
_SHAPES = """
    affine_grid_generator cat channel_shuffle constant_pad_nd diagonal expand flip im2col native_channel_shuffle permute
    pixel_shuffle pixel_unshuffle reflection_pad1d reflection_pad2d repeat replication_pad1d replication_pad2d roll
    select select_scatter slice slice_scatter split split_with_sizes squeeze stack t transpose tril triu unbind unfold
    unsafe_split unsqueeze
"""
_CONVERSIONS = "_to_copy full_like ones_like zeros_like new_full new_ones new_zeros"
_MADE = "arange eye full linspace ones scalar_tensor zeros"

#: Operations that slide a window over maps: their time grows with the window, which no result shows.
WINDOWS = frozenset({"convolution", "im2col", *_POOLING.split()})
#: Operations that make a tensor out of none, and have to be told where.
MADE = frozenset({"empty", *_MADE.split()})


def _batch_norm(x, weight, bias, mean, variance, training, momentum, eps):
    mean, variance = (None, None) if training else (mean, variance)  # averages that it would change
    return (torch.batch_norm(x, weight, bias, mean, variance, training, 0.0, eps, False),)


def _group_norm(x, weight, bias, n, channels, size, groups, eps):
    return (torch.group_norm(x, groups, weight, bias, eps),)


def _layer_norm(x, shape, weight, bias, eps):
    return (torch.layer_norm(x, shape, weight, bias, eps),)


def _weight_norm(direction, length, dim=0):
    return (direction * (length / torch.norm_except_dim(direction, 2, dim)),)


def _upsample(operation):
    def upsampled(x, size, *options):
        if any(type(option) is float and not 0.01 <= option <= 100 for option in options):
            raise ValueError("a scale that leads out of the map")
        return operation(x, size, *options)

    return upsampled


def _leaky_relu(x, noise, lower=1 / 8, upper=1 / 3):
    return F.leaky_relu(x, (lower + upper) / 2)


def _reshape(x, shape):
    return x.reshape(shape)


#: Operations that change their first argument.
_IN_PLACE = [f"{name}_" for name in _ELEMENTWISE.split() if hasattr(torch.ops.aten, f"{name}_")] + ["fill_", "zero_"]
#: What computes an operation, by its name.
OPERATIONS: dict[str, Callable] = {
    name: getattr(torch.ops.aten, name)
    for names in (_ELEMENTWISE, _PRODUCTS, _REDUCTIONS, _POOLING, _SHAPES, _CONVERSIONS, _MADE, " ".join(_IN_PLACE))
    for name in names.split()
} | {
    "native_batch_norm": _batch_norm,
    "native_group_norm": _group_norm,
    "native_layer_norm": _layer_norm,
    "_weight_norm_interface": _weight_norm,
    "_softmax": lambda x, dim, half_to_float: torch.softmax(x, dim),
    "_log_softmax": lambda x, dim, half_to_float: torch.log_softmax(x, dim),
    "log_sigmoid_forward": lambda x: (F.logsigmoid(x),),
    "_prelu_kernel": lambda x, weight: torch.where(x >= 0, x, weight * x),
    "rrelu_with_noise": _leaky_relu,
    "grid_sampler_2d": torch.grid_sampler,
    "upsample_bilinear2d": _upsample(torch.ops.aten.upsample_bilinear2d),
    "upsample_nearest2d": _upsample(torch.ops.aten.upsample_nearest2d),
    "empty": torch.ops.aten.zeros,  # whatever the memory held
    "empty_like": torch.ops.aten.zeros_like,
    "new_empty": torch.ops.aten.new_zeros,
    "alias": torch.ops.aten.alias,
    "clone": torch.clone,
    "detach": torch.ops.aten.alias,
    "lift_fresh": torch.ops.aten.alias,
    "lift_fresh_copy": torch.clone,
    "view": _reshape,
    "_unsafe_view": _reshape,
    "reshape": _reshape,
}
