"""The commands of `python -m core`; each room offers its own."""
