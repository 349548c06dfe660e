"""Tests of the check of uploaded files."""
