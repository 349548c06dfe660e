"""Verbs on nouns: every write to the database goes through one of these modules."""
