"""The course's settings: ``nbgrader_config.py`` in the working folder, read as nbgrader reads it."""

from __future__ import annotations

from nbgrader.apps import NbGrader
from traitlets.config import Config


def nbgrader_config() -> Config:
    app = NbGrader()
    app.load_config_file()
    return app.config
