"""A release has one version and one date, wherever they are written."""

import re
from importlib import metadata
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())
RELEASES = re.findall(r"^## \[(\d[^]]*)\] - (\S+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_changelog_citation_and_package_name_the_same_release():
    version = metadata.version("cis520-hw4")
    assert RELEASES[0][0] == CITATION["version"] == version
    assert RELEASES[0][1] == str(CITATION["date-released"])


def test_the_package_carries_its_licence():
    package = metadata.metadata("cis520-hw4")
    assert package["License-Expression"] == CITATION["license"] == "BSD-3-Clause"
    assert package.get_all("License-File") == ["LICENSE"]
