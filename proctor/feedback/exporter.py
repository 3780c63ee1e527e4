"""Feedback as HTML that loads nothing and runs nothing."""

from __future__ import annotations

from pathlib import Path

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbformat import NotebookNode
from traitlets import Bool
from traitlets.config import Config

_HERE = Path(__file__).parent


class FeedbackExporter(HTMLExporter):
    """A page of feedback, by the template in ``page/``, without anything that could harm its reader."""

    sanitize_html = Bool(True, help=HTMLExporter.sanitize_html.help).tag(config=True)

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw) -> tuple[str, dict]:  # type: ignore[override]  # as nbconvert's own
        """As HTMLExporter's, which then reads the whole page again to give words to pictures: half of the time.

        Here they have words already, by the template and by ``clean_html``.
        """
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)

    @property
    def default_config(self) -> Config:
        """Settings of its own: those of ``c.HTMLExporter`` are formgrader's, and nbgrader's converter adds to them."""
        own = {
            "template_name": "page",
            "extra_template_basedirs": [str(_HERE)],
            "preprocessors": ["proctor.pages.harmless.Harmless"],
        }
        config = Config({"FeedbackExporter": own, "Harmless": {"links": True}})
        config.merge(super().default_config)
        return config
