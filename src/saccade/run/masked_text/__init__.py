"""Runs that read texts with hidden tokens, and guess them."""
