"""The version of the product; that of pyproject.toml."""

__version__ = "0.1.0"
