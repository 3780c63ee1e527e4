"""Give pictures and HTML metadata that turn into attributes, frames and addresses on the page that graders open.

Against: no submission reaches the host.
"""

# %% after imports
from IPython.display import display

png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
live = "1 onload=fetch('script-attack')"
for metadata in (
    {"image/png": {"width": live, "height": live}},
    {"width": live, "height": live},
    {"filenames": {"image/png": "/script-attack"}},
    {"filenames": "x", "image/png": 3},
):
    display({"image/png": png, "image/jpeg": png}, metadata=metadata, raw=True)
display({"image/png": "\"><script>fetch('script-attack')</script>"}, raw=True)
display({"text/html": "<script>fetch('script-attack')</script>"}, metadata={"text/html": {"isolated": True}}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>x</script>"}}, raw=True)
display({"application/vnd.vegalite.v5+json": {"data": {"url": "/script-attack"}}}, raw=True)
