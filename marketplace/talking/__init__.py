"""Conversations about interests, cases and introductions, and officials' own notes."""
