"""Figures drawn by the server as SVG, each with its table in words."""
