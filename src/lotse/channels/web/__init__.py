"""The web chat: sessions, messages, history, deletion and ratings over plain HTTP, and its pages.

`channel.py` is the edge to Rasa and Sanic; `lotse.conversation.service` handles the turns of a conversation. The other
modules depend on neither.
"""
