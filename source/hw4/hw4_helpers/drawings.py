"""Drawings of part 1: the network as a graph, its boundaries and its curve."""

import numpy as np


def draw_network() -> None:
    """Draw the network as a computational graph: values left to right, derivatives right to left."""
    import matplotlib.pyplot as plt

    forward, backward = "#343a40", "#d9480f"
    chain = [("x", 0.0), ("z_1", 2.4), ("a_1", 4.8), ("z_2", 7.2), ("p", 9.6), ("L", 12.0)]
    parameters = [("W_1", 1.85, 2.4), ("b_1", 2.95, 2.4), ("W_2", 6.65, 7.2), ("b_2", 7.75, 7.2), ("y", 12.0, 12.0)]
    formulas = ["", "$x\\,W_1 + b_1$", "$\\tanh(z_1)$", "$a_1 W_2 + b_2$", "$\\sigma(z_2)$", "log-likelihood"]
    gradients = ["", "dz1", "da1", "dz2", "", ""]
    factors = ["", "da1_dz1", "dz2_da1", "dp_dz2", "dL_dp"]

    _, axes = plt.subplots(figsize=(11, 4.0), layout="constrained")

    def node(name, x, y, colour):
        axes.scatter(x, y, s=1000, facecolor=colour, edgecolor=forward, linewidth=1.3, zorder=3)
        axes.text(x, y, f"${name}$", ha="center", va="center", fontsize=15, zorder=4)

    def arrow(start, end, colour, curve=0.0, dashed=False):
        axes.annotate(
            "",
            end,
            start,
            zorder=2,
            arrowprops={
                "arrowstyle": "-|>",
                "color": colour,
                "linewidth": 1.5,
                "mutation_scale": 15,
                "shrinkA": 21,
                "shrinkB": 21,
                "linestyle": (0, (4, 2.5)) if dashed else "-",
                "connectionstyle": f"arc3,rad={curve}",
            },
        )

    def code(x, y, text):
        axes.text(x, y, text, ha="center", va="center", fontsize=11, family="monospace", color=backward)

    for (name, x), formula, gradient in zip(chain, formulas, gradients, strict=True):
        node(name, x, 0, "#f1f3f5" if name == "x" else "#d3f9d8" if name == "L" else "white")
        axes.text(
            x,
            0.62,
            formula,
            ha="center",
            va="bottom",
            fontsize=11,
            color=forward,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            zorder=4,
        )
        code(x, -0.72, gradient)
    for (_, left), (_, right), factor in zip(chain[:-1], chain[1:], factors, strict=True):
        arrow((left, 0), (right, 0), forward)
        if factor:
            arrow((right, -0.12), (left, -0.12), backward, curve=-0.5, dashed=True)
            code((left + right) / 2, -1.05, factor)
    for name, x, target in parameters:
        node(name, x, 1.9, "#f1f3f5" if name == "y" else "#d0ebff")
        arrow((x, 1.9), (target, 0.62), forward)
        if name != "y":
            side = -1 if x < target else 1
            arrow((target + side * 0.35, 0.62), (x + side * 0.12, 1.9), backward, curve=side * 0.3, dashed=True)
            code(x, 2.62, "d" + name.replace("_", ""))
    axes.set(xlim=(-0.7, 12.9), ylim=(-1.3, 2.9), aspect="equal")
    axes.set_title("Values flow forward (solid); derivatives of L flow backward (dashed)", fontsize=12)
    axes.axis("off")
    plt.show()


def draw_boundaries(X: np.ndarray, y: np.ndarray, predictors: dict) -> None:
    """Draw p over the plane, one panel per entry; each predictor maps points (M×2) to p (M×1)."""
    import matplotlib.pyplot as plt

    margin = 0.4
    xs = np.linspace(X[:, 0].min() - margin, X[:, 0].max() + margin, 160)
    ys = np.linspace(X[:, 1].min() - margin, X[:, 1].max() + margin, 120)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    figure, panels = plt.subplots(
        1, len(predictors), figsize=(3.8 * len(predictors), 3.6), sharey=True, squeeze=False, layout="constrained"
    )
    for axes, (title, predict) in zip(panels[0], predictors.items(), strict=True):
        p = predict(grid).reshape(len(ys), len(xs))
        # The colour scale reaches beyond 0 and 1, so that its ends stay pale behind the points.
        shades = axes.contourf(xs, ys, p, levels=np.linspace(0, 1, 21), cmap="RdBu", vmin=-0.6, vmax=1.6)
        axes.contour(xs, ys, p, levels=[0.5], colors="black", linewidths=1.8)
        for label, colour, marker in ((0, "#c92a2a", "o"), (1, "#1864ab", "^")):
            points = X[y[:, 0] == label]
            axes.scatter(
                *points.T, s=18, c=colour, marker=marker, edgecolors="white", linewidths=0.5, label=f"y = {label}"
            )
        axes.set(title=title, xlabel="$x_1$")
    panels[0][0].set_ylabel("$x_2$")
    panels[0][0].legend(loc="lower left", fontsize=9)
    figure.colorbar(shades, ax=panels[0], label="p", ticks=[0, 0.5, 1], fraction=0.03)
    plt.show()


def draw_curve(log_likelihoods: list[float]) -> None:
    """Draw the log-likelihood of each step of gradient ascent."""
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    axes.plot(log_likelihoods, color="#1864ab", linewidth=2)
    axes.axhline(0, color="#868e96", linewidth=1, linestyle=":")
    axes.annotate(
        f"{log_likelihoods[-1]:.1f}",
        (len(log_likelihoods) - 1, log_likelihoods[-1]),
        xytext=(0, -14),
        textcoords="offset points",
        ha="right",
        fontsize=11,
    )
    axes.set(xlabel="step", ylabel="log-likelihood L", title="Gradient ascent: L rises towards 0")
    axes.spines[["top", "right"]].set_visible(False)
    plt.show()
