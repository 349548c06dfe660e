"""The web side: features as packages, each a table of routes over the services."""
