"""The stack without containers: what Debian ships, and the simulator, on loopback, as processes of this user."""
