"""Tests: the folders mirror src/lotse, actions and tools."""
