"""Making parts of a plan public: the page itself, words about events, materials."""
