"""Time as pure arithmetic: no Django, no models, no clock. Callers pass instants, zones and dates in."""
