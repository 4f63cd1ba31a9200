"""Runs that read an image and give it a label."""
