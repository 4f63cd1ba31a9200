"""A recipe trained with one attention after the other, and all that came of it in one table."""
