"""Where the homework lies."""

from pathlib import Path

#: The notebooks and their points.
NOTEBOOKS = {"backpropagation": 30, "convolution": 20, "fashion_mnist": 50}


def find_homework() -> Path:
    """The working directory if the notebooks lie there, else the folder of ``hw4.py``.

    Raises ``FileNotFoundError``, which names both, when there is no notebook of the homework in either.
    """
    here, beside = Path.cwd(), Path(__file__).resolve().parents[2]
    for folder in (here, beside):
        if any(folder.glob("*.ipynb")) and has_notebooks(folder):
            return folder
    places = f"{here}" if here == beside else f"{here} nor in {beside}"
    raise FileNotFoundError(
        f"There is no notebook of homework 4 in {places}. Go to the folder that holds fashion_mnist.ipynb (cd …), "
        "and try again."
    )


def has_notebooks(folder: Path) -> bool:
    """Whether a notebook of the homework lies in a folder, perhaps under a name such as fashion_mnist (1).ipynb."""
    names = [squeezed(path.stem) for path in folder.glob("*.ipynb")]
    return any(squeezed(notebook) in name for notebook in NOTEBOOKS for name in names)


def squeezed(name: str) -> str:
    """A name without capitals, spaces and signs."""
    return "".join(filter(str.isalnum, name.lower()))
