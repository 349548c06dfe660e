"""Backups: the database and the evidence of one moment in one file, checked alone, restored anywhere."""
