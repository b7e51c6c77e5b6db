"""Plotly figures from plain values and frames, in the dashboard's own look."""
