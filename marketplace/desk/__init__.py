"""The officials' desk: what waits, what is late, calls to make, the board, histories."""
