"""Social-Media-Lotse: cited guidance for people who work in the German public sector."""

# The one place of the version. CHANGELOG.md and publiccode.yml follow, held by a test.
__version__ = "0.2.0"
