"""The calendar of a plan: its months and its agenda."""
