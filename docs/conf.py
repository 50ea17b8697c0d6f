"""How the documentation is built; `make docs` turns every warning into an error."""

from importlib.metadata import version as version_of

project = "Stroomstad"
author = "Stroomstad contributors"
copyright = "Stroomstad contributors, EUPL-1.2"  # noqa: A001  Sphinx asks for this name
version = release = version_of("stroomstad")

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
nitpicky = True
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"Stroomstad {version}"
html_show_sphinx = False
