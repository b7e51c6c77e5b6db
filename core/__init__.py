"""Throughline without its front: sessions, import, tables, metrics, charts. Never imports Streamlit."""
