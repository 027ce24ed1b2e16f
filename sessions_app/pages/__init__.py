"""What several views answer with: the context and frame of a page, and the pages that more than one view shows.

Views do not import each other, so what two of them share is here, between forms and views.
"""
