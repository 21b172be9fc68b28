"""One turn of a conversation for every channel: typed values in, typed values out."""
