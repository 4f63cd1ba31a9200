"""Recipes that read a text and write a text."""
