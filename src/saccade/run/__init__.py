"""Runs: a folder that holds all that is needed to use a model, how it is made, and what one does with it.

Nothing is imported here, so that answering does not wait for what only training needs.
"""
