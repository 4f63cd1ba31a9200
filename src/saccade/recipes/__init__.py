"""Recipes: one YAML file that says data, model and training."""
