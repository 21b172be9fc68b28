"""Microsoft Teams: a channel of our own over the Bot Framework's protocol.

`channel.py`, the edge to Rasa and Sanic, passes an activity to `endpoint.py`, which lets `auth.verify_request` check
the sender, responds at once and keeps the order. `activities.parse_activity` reads the activity, `bot.py` answers it,
and `delivery.connector` sends the message that `rendering.answer_message` has made.
"""
