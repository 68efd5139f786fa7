"""Forecasts of the US National Weather Service, as its public interface gives them.

Source: api.weather.gov, "gridpoints/{office}/{x},{y}/forecast" (GeoJSON, free, without a key).
"""
