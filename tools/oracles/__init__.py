"""Lets software of Microsoft read every activity and card that the assistant can send to Teams, and the app package."""
