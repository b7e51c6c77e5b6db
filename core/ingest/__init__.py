"""From a file that someone uploaded to rows whose columns have roles, and an account of what was not taken."""
