"""Tools for operators: the doctor, the app package, and their findings."""
