"""Slow truths: the papers' formulas in explicit loops, never imported by the package."""
