"""Needs: what a business looks for, or an investor's brief."""
