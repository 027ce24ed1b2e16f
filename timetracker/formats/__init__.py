"""How Django writes dates where it does so by itself: in the admin. Pages and the API write their own."""
