"""A forgotten password, set anew through a link in a letter."""
