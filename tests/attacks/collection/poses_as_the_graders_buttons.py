"""Wrap the answer in what formgrader takes for its own buttons and boxes, and link to what its server would do.

Against: no notebook earns a point its answers do not earn.
"""

# %% after imports
from IPython.display import HTML, display

display(HTML('<span class="full-credit">Here is my table</span><input class="score" id="item-5" value="2">'))
display(HTML('<a href="/formgrader/?path=/tmp">more</a><img src="../../?path=/tmp"><p style="position:fixed">x</p>'))

# %% by hand
answer = next(cell for cell in notebook["cells"] if cell["id"] == "item-5")
answer["source"] = '<div class="full-credit">Fewer parameters.</div> [my page](evil.html) ![](../../?path=/tmp)'
(folder / "evil.html").write_text("<script>fetch('script-attack')</script>")
