"""A person's own second factor: switched on with a telephone, switched off with a code."""
