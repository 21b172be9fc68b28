"""Makes the helpers of this folder known to the tests of every channel."""
