"""Runbooks: prose that a team writes, joined with what the rules and the routing table know."""
