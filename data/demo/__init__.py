"""The demonstration world: the golden year of a culture department, told through the verbs, and an invented last year."""
