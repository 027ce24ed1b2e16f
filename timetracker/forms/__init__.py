"""What the forms of every app share."""
