"""Django's date formats, which only the admin uses. Pages and the API format dates themselves."""
