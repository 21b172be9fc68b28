"""Rasa graph components: German language, sentence encoder, ensemble of classifiers, passage ranker."""
