"""Measurements: what the README and the docs say in numbers comes from here."""
