"""The web chat: sessions, messages, history, erasure and feedback over plain HTTP, and the pages around them.

`channel.py` is the edge to Rasa and Sanic; one turn of a conversation is the business of `lotse.conversation.service`.
Everything else knows neither and is decided by pure functions.
"""
