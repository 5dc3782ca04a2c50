"""Who is told of which alert: a routing table read, checked against the alerts that exist, written for Alertmanager."""
