"""Load and endurance: many people, many conversations, long ones, faults, several servers. Writes `load.md`."""
