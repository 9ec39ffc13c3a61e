"""The Word forms of agreements, filled by ``deals.wording``; ``make`` writes them anew."""
