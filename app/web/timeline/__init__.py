"""The activities over the year."""
