"""How texts are written down in files: one file a format, each a generator of rows and of pairs."""
