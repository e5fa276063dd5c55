"""Charts: thin functions from a table to axes, each with one message."""
