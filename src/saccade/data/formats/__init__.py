"""How pairs are written down in files: one file a format, each a generator of pairs."""
