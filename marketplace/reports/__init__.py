"""Results for everyone: sums of verified figures, the way from interest to result, exports."""
