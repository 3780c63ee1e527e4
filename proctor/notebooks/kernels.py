"""For which language a notebook is written."""

from __future__ import annotations

from jupyter_client.kernelspec import NoSuchKernel, get_kernel_spec
from nbformat import NotebookNode


def language(notebook: NotebookNode) -> str:
    """As the notebook says, else as the kernel of its name here says; "python" where nothing tells."""
    kernel = notebook.metadata.get("kernelspec", {})
    said = kernel.get("language") or notebook.metadata.get("language_info", {}).get("name")
    if said or not kernel.get("name"):
        return str(said or "python")
    try:
        return get_kernel_spec(kernel["name"]).language
    except NoSuchKernel:
        return "python"


def written_for(notebook: NotebookNode) -> str:
    """In words: "R (kernel ir)"."""
    kernel = notebook.metadata.get("kernelspec", {}).get("name", "")
    return f"{language(notebook)} (kernel {kernel})" if kernel else language(notebook)
