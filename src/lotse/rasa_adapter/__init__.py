"""Everything that knows Rasa's inside: patches, tracker store, importer, what a channel needs of Rasa."""
