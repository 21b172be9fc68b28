"""The web chat: sessions, messages, history, erasure and feedback over plain HTTP, and the pages around them.

`channel.py` is the edge to Rasa and Sanic and `conversations.py` the one to Rasa's trackers; everything else knows
neither and is decided by pure functions.
"""
