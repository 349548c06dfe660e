"""Tests of the exports: dataclasses in, bytes out."""
