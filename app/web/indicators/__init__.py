"""The table of indicators and the page of each."""
