"""Whether the installation works, for those who watch it."""
