"""Makes the encoder: multilingual-e5-small, tuned on the training messages and the guide.

Needs the extra ``tuning``; running the encoder does not.
"""
