"""A person's own account: password, language, theme, sessions, passwords of its programs."""
