"""Microsoft Teams: a channel of our own over the Bot Framework's protocol.

An activity comes in at `channel.py` (the edge to Rasa and Sanic) and `endpoint.py`, which lets `inbound.py` check who
sends and answers at once. `incoming.py` reads what it means, `work.py` keeps the order, `talk.py` carries it out, and
`connector.py` sends what `lotse.channels.teams.rendering.answer_message` has written.
"""
