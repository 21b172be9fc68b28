"""Social-Media-Lotse: cited guidance for people who work in the German public sector."""

__version__ = "0.1.0"
