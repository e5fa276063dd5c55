"""What to do: inside against outside, incidents, portfolio, what-if, budget and plan; from tables."""
