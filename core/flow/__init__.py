"""What the views show: small functions from a call log and a filter to a small frame."""
