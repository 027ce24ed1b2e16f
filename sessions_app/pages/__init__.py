"""Code that several views share: the context and frame of pages, and pages that more than one view renders.

Views do not import each other. This package is the layer between forms and views.
"""
