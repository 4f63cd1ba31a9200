"""Runs that read a text and give it a label."""
