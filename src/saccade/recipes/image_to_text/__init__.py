"""Recipes that read an image and write a text."""
