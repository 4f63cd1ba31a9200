"""Where images and their labels are read from."""
