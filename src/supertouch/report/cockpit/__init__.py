"""The cockpit: the content of a report as one offline page."""
