"""Microsoft's keys, login and Connector on this machine, for tests and for the Playground."""
