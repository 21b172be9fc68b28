"""Sends activities to the Connector: addresses, retries, errors, and the answer that each message was."""
