"""Pairs of texts, labelled images, tokenizers, batches, and the built-in sets.

Nothing is imported here, so that a tokenizer can be had without torch or Arrow.
"""
