"""PromQL read by the real grammar: variables stood in for, parsed, turned into a small tree that rules can walk."""
