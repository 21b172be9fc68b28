"""Sends activities to the Connector: addresses, retries, errors, which message was which answer."""
