"""A visible check says the same wherever it runs: its words first, the student's own line, no traceback of ours."""

import shutil
from pathlib import Path

import nbclient
import nbformat
from build import solutions
from hw4_cells import SOURCE

from proctor import Room, load_assignment, load_submission
from proctor.config import nbgrader_config
from proctor.grading import grade_notebook

RELEASE = Path(__file__).parents[2] / "release" / "hw4"

#: A student's answers, by cell; the others are right. Each check fails for another reason.
ANSWERS = {
    "sigmoid": "def sigmoid(z):\n    return 1 / (1 + np.exp(-np.asarray(z)))",
    "step-dl-dp": "def dL_dp(y, p):\n    return (1 - y) / (1 - p) - y / p",
    "step-dp-dz2": "def dp_dz2(p):\n    # by definition\n    return math.exp(-p) * p",
    "step-dl-dz2": "def dL_dz2(y, p):\n    raise NotImplementedError()",
    "step-dz2-da1": "def dz2_da1(w2):\n    w2 * 1",
    "step-da1-dz1": "def da1_dz1(a1):\n    if a1 > 2:\n        return 0 * a1\n    return 1 - a1**2",
    "forward": "def forward(X, W1, b1, W2, b2):\n    return {name: object() for name in ('z1', 'a1', 'z2', 'p')}",
    "numerical-gradient": (
        "def numerical_gradient(f, x, eps=1e-5):\n"
        "    gradient = np.empty(x.shape)\n"
        "    for i in np.ndindex(x.shape):\n"
        "        x[i] += eps; above = f(x)\n"
        "        x[i] -= 2 * eps; below = f(x)\n"
        "        x[i] += eps\n"
        "        gradient[i] = (above - below) / (2 * eps)\n"
        "    return gradient"
    ),
    "backward": (
        "def backward(X, y, W1, b1, W2, b2):\n"
        "    steps = {'a1': np.tanh(X @ W1 + b1)}\n"
        "    dz2 = y - 0.5\n"
        "    dW2 = steps['a1'] @ dz2\n"
        "    return {}"
    ),
}
#: What the student reads, line by line.
WORDS = {
    "test-sigmoid": [
        "sigmoid_strict(np.array([-1000.0])) raised FloatingPointError: overflow encountered in exp",
        (
            "One of your exponentials has an exponent of +1000; use the form that only needs exp(-|z|) "
            "(np.where computes both branches before it chooses)"
        ),
        "    line 2 of your cell, in `sigmoid`: return 1 / (1 + np.exp(-np.asarray(z)))",
    ],
    "test-dl-dp": [
        "sign flipped: L is the log-likelihood, with no minus in front, so for y = 1 a larger p makes L larger"
    ],
    "test-dp-dz2": [
        "dp_dz2(0.8) raised NameError: name 'math' is not defined",
        "    line 3 of your cell, in `dp_dz2`: return math.exp(-p) * p",
    ],
    "test-dl-dz2": ["`dL_dz2` is not written yet"],
    "test-dz2-da1": ["dz2_da1 returned nothing: is there a return at the end?"],
    "test-da1-dz1": [
        (
            "da1_dz1(np.array([[-0.5, 0.0]])) raised ValueError: The truth value of an array with more than one element is "
            "ambiguous. Use a.any() or a.all()"
        ),
        "It must work for arrays, too: no `if`, and NumPy in the place of math",
        "    line 2 of your cell, in `da1_dz1`: if a1 > 2:",
    ],
    "test-forward": ["z1 must be numbers, not an object"],
    "test-numerical-gradient": [
        "the caller's x was changed (adding and subtracting eps leaves a rounding error): work on a copy"
    ],
    "test-backward": [
        (
            "backward(X, y, W1, b1, W2, b2) raised ValueError: matmul: Input operand 1 has a mismatch in its core dimension "
            "0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 4 is different from 2)"
        ),
        (
            "Shapes do not fit. Write them beside the names: a1 is N×H and dz2 is N×1; dW2 must be H×1. Which of the two is "
            "to be transposed?"
        ),
        "    line 4 of your cell, in `backward`: dW2 = steps['a1'] @ dz2",
    ],
}


def hand_in(answers: dict[str, str], folder: Path) -> Path:
    """The release with these answers, right ones elsewhere, in a folder of its own."""
    shutil.copytree(RELEASE, folder)
    notebook = nbformat.read(RELEASE / "backpropagation.ipynb", 4)
    for cell in notebook.cells:
        if cell.id in (right := solutions("backpropagation.ipynb")):
            cell.source = answers.get(cell.id, right[cell.id])
    nbformat.write(notebook, folder / "backpropagation.ipynb")
    return folder


def error_of(cell) -> str:
    """What the output of a failed cell shows."""
    (error,) = [output for output in cell.outputs if output.output_type == "error"]
    return "\n".join(error.traceback)


def test_in_a_kernel_a_failing_check_shows_its_message_and_the_students_line_and_nothing_else(tmp_path):
    folder = hand_in(ANSWERS, tmp_path / "hw4")
    notebook = nbformat.read(folder / "backpropagation.ipynb", 4)
    client = nbclient.NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(folder)}})
    client.execute()
    cells = {cell.id: cell for cell in notebook.cells}
    for cell_id, words in WORDS.items():
        shown = error_of(cells[cell_id])
        assert shown.split() == " ".join(words).split()
        assert max(map(len, shown.splitlines())) < 85, "nbgrader's Validate cuts lines off there"


def test_in_an_exam_the_same_checks_fail_with_the_same_words(tmp_path):
    """But for what the student's process says: an exception's own words."""
    assignment = load_assignment(SOURCE, nbgrader_config())
    submission = load_submission(hand_in(ANSWERS, tmp_path / "hw4"), assignment)
    with Room() as room:
        graded = grade_notebook(assignment, "backpropagation", submission, room, seed=1, data=())
    cells = {cell.id: cell for cell in graded.notebook.cells}
    for cell_id, words in WORDS.items():
        first, *others = error_of(cells[cell_id]).splitlines()
        if first.endswith("Error"):
            assert words[0].startswith(f"{first}: "), "what an exception says may be made of hidden inputs"
        else:
            assert first == words[0] or "math" in first, "which name is missing is said in other words"
        assert others == words[1:]
