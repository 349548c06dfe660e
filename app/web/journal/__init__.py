"""The journal of a plan, for those who check."""
