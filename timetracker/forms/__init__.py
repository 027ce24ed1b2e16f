"""Form fields and helpers for every app."""
