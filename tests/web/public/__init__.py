"""The public page of a plan and everything beneath it."""
