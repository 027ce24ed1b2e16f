"""Imports of files that other trackers export: one reader for each tool yields neutral rows, which are then written."""
