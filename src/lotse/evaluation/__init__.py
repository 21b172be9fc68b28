"""Measures how well the assistant answers: labelled questions and dialogues, baselines, scores, plots."""
