"""What to do: the inside view, incidents, portfolio, what-if, budget, plan; from tables alone."""
