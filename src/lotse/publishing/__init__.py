"""Publishes the guide as HTML pages that work without JavaScript."""
