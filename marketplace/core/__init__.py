"""The kernel: transactions, workflows, the journal, text, money and time. It knows no feature."""
