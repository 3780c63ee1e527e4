"""Helpers for homework 4: what you should not have to write yourself.

The notebooks import from here; the code stands in ``hw4_helpers/``, one file for each
matter. You may read everything; changing it has no effect on your grade, since grading
uses its own copy.

From a terminal, ``python hw4.py --help`` says what it does by itself: check what is ready
to hand in, and make the report.
"""

import hw4_helpers.packages  # noqa: F401  (first: it says what to install)
from hw4_helpers.checkpoints import load_checkpoint, read_about, read_checkpoint, save_checkpoint
from hw4_helpers.checks.backpropagation.backward import check_backward
from hw4_helpers.checks.backpropagation.factors import (
    check_da1_dz1,
    check_dL_dp,
    check_dL_dz2,
    check_dp_dz2,
    check_dz2_da1,
)
from hw4_helpers.checks.backpropagation.forward import check_forward, check_log_likelihood
from hw4_helpers.checks.backpropagation.numerical_gradient import check_numerical_gradient
from hw4_helpers.checks.backpropagation.sigmoid import check_sigmoid
from hw4_helpers.checks.convolution.convolve import (
    check_convolve_channels,
    check_convolve_flip,
    check_convolve_padding_stride,
    check_convolve_slide,
    check_convolve_together,
)
from hw4_helpers.checks.convolution.items import check_item_1, check_item_2, check_item_3
from hw4_helpers.checks.convolution.parameters import (
    check_conv_with_biases,
    check_conv_without_biases,
    check_fc_with_biases,
    check_fc_without_biases,
)
from hw4_helpers.checks.convolution.sizes import check_shape_exact, check_shape_rounding
from hw4_helpers.checks.convolution.table import check_table_with_flip, check_table_without_flip
from hw4_helpers.checks.fashion.classes import check_class_accuracy, check_confusion_matrix
from hw4_helpers.checks.fashion.evaluate import check_evaluate
from hw4_helpers.checks.fashion.fit import check_fit
from hw4_helpers.checks.fashion.network import check_fashion_cnn
from hw4_helpers.checks.fashion.train_epoch import check_train_epoch
from hw4_helpers.curves import plot_curves, read_curves
from hw4_helpers.drawings import draw_boundaries, draw_curve, draw_network
from hw4_helpers.fashion import (
    CLASSES,
    PIXEL_MEAN,
    PIXEL_STD,
    NoPictures,
    data_dir,
    fetch_data,
    load_fashion_mnist,
    load_test_set,
)
from hw4_helpers.full_run import full_run
from hw4_helpers.gradients import (
    ComparedGradient,
    Comparison,
    close,
    compare,
    cubic,
    diagnose,
    log_sigmoid,
    quadratic,
    toy_batch,
    toy_steps,
    two_moons,
)
from hw4_helpers.graphs import load_network
from hw4_helpers.handing_in.hand_in import hand_in
from hw4_helpers.networks import count_parameters, predict, shape_trace
from hw4_helpers.pictures import plot_confusion, plot_filters, plot_gallery, plot_mistakes, plot_pictures
from hw4_helpers.recording import recording
from hw4_helpers.report.report import report
from hw4_helpers.running import best_device, bfloat16, quick, training_wanted
from hw4_helpers.small_networks import draw_clusters, draw_images, draw_labels, small_net, small_weights, weights_of
from hw4_helpers.tracing import describe_network, trace_network
from hw4_helpers.training import augmented, batches, one_cycle, progress
from hw4_helpers.windows import ACCENT, draw_edges, draw_grids, draw_steps, draw_windows, fashion_picture

__all__ = [
    "ACCENT",
    "CLASSES",
    "PIXEL_MEAN",
    "PIXEL_STD",
    "ComparedGradient",
    "Comparison",
    "NoPictures",
    "augmented",
    "batches",
    "best_device",
    "bfloat16",
    "check_backward",
    "check_class_accuracy",
    "check_confusion_matrix",
    "check_conv_with_biases",
    "check_conv_without_biases",
    "check_convolve_channels",
    "check_convolve_flip",
    "check_convolve_padding_stride",
    "check_convolve_slide",
    "check_convolve_together",
    "check_dL_dp",
    "check_dL_dz2",
    "check_da1_dz1",
    "check_dp_dz2",
    "check_dz2_da1",
    "check_evaluate",
    "check_fashion_cnn",
    "check_fc_with_biases",
    "check_fc_without_biases",
    "check_fit",
    "check_forward",
    "check_item_1",
    "check_item_2",
    "check_item_3",
    "check_log_likelihood",
    "check_numerical_gradient",
    "check_shape_exact",
    "check_shape_rounding",
    "check_sigmoid",
    "check_table_with_flip",
    "check_table_without_flip",
    "check_train_epoch",
    "close",
    "compare",
    "count_parameters",
    "cubic",
    "data_dir",
    "describe_network",
    "diagnose",
    "draw_boundaries",
    "draw_clusters",
    "draw_curve",
    "draw_edges",
    "draw_grids",
    "draw_images",
    "draw_labels",
    "draw_network",
    "draw_steps",
    "draw_windows",
    "fashion_picture",
    "fetch_data",
    "full_run",
    "hand_in",
    "load_checkpoint",
    "load_fashion_mnist",
    "load_network",
    "load_test_set",
    "log_sigmoid",
    "one_cycle",
    "plot_confusion",
    "plot_curves",
    "plot_filters",
    "plot_gallery",
    "plot_mistakes",
    "plot_pictures",
    "predict",
    "progress",
    "quadratic",
    "quick",
    "read_about",
    "read_checkpoint",
    "read_curves",
    "recording",
    "report",
    "save_checkpoint",
    "shape_trace",
    "small_net",
    "small_weights",
    "toy_batch",
    "toy_steps",
    "trace_network",
    "training_wanted",
    "two_moons",
    "weights_of",
]

if __name__ == "__main__":
    import sys

    from hw4_helpers.command_line import main

    sys.exit(main())
