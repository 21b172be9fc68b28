"""Rasa graph components: German language, sentence encoder, ensemble of judges, passage ranker."""
