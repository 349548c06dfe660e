"""Making parts of a plan public, and taking them back."""
