"""Copies of files for everybody: the same to look at, without what they tell of who made them and where."""
