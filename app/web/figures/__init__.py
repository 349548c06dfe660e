"""Figures of many tasks at once: one form, or a workbook to download, fill in and upload."""
