"""Show and write texts for which laying out and cleaning take minutes, so that graders and feedback wait.

Against: no submission stops or slows another without bound.
"""

# %% after imports
from IPython.display import HTML, Markdown, display

display(HTML("<div>" * 90_000), HTML("&" * 900_000), HTML("<table><tr><td>" * 20_000))
display(Markdown("\\begin{a}" * 50_000), Markdown("[" * 400_000))
print("\x1b[0m\x1b[1m" * 60_000)

# %% by hand
for text in ("[" * 40_000, "<div>" * 50_000, "\\begin{a}" * 20_000, "### BEGIN HIDDEN TESTS", "![x](attachment:lost.png)"):
    notebook["cells"].append({"cell_type": "markdown", "id": f"own-{len(notebook['cells'])}", "metadata": {}, "source": text})
