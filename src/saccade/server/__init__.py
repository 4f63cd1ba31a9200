"""Trained models over HTTP: a JSON interface, and a page to try them on. Needs the extra `serve`."""
