"""Dates that sort, and instants that say their zone: operators compare them with logs and with users elsewhere."""

DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = r"Y-m-d H:i:s \U\T\C"
