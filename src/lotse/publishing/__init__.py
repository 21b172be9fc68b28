"""The guide as pages to read without a script."""
