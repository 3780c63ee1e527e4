"""Show HTML, SVG and JavaScript that would run in the browser of whoever opens the feedback.

Against: no submission reaches the host.
"""

# %% after imports
from IPython.display import HTML, SVG, Javascript, display

display(HTML("<script>document.title='script-attack'</script><img src=x onerror=\"script-attack()\">"))
display(Javascript("fetch('script-attack')"))
display({"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><script>script-attack</script></svg>"}, raw=True)
display({"text/markdown": "<iframe srcdoc='<script>script-attack</script>'></iframe>"}, raw=True)
display({"text/latex": "$\\href{javascript:script-attack}{x}$"}, raw=True)
print("<script>script-attack</script>")
raise ValueError("<script>script-attack</script>")

# %% by hand
answer = next(cell for cell in notebook["cells"] if cell["id"] == "item-5")
answer["source"] = "<script>document.title = 'script-attack'</script> <a href='javascript:script-attack()'>me</a>"
