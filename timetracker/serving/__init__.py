"""How bytes come from slow clients and go to them, without a thread that waits for any of them."""
