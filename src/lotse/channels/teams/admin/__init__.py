"""For operators: the doctor, the app package, and what both find."""
