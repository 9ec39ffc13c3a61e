"""Two organisations introduced by hand: nothing is shared until both say yes."""
