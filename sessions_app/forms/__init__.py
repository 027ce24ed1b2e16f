"""What people type, read into the fields of the domain. Rules of the domain are not repeated here."""
