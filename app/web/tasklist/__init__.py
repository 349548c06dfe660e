"""The list behind every counter."""
