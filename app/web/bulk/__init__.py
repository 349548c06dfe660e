"""Acts on what is marked in a list: first a page that says what will happen to each, then the act."""
