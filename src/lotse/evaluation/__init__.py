"""How good the assistant is: questions and dialogues with known answers, baselines, scores, a picture."""
