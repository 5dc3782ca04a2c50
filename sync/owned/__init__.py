"""What is ours beside dashboards: alert rules, data sources, correlations.

One plan, one mark, one way to write and one way back for every kind; a kind says how it is read from files, listed,
written and deleted. Grafana keeps no message of them, so the mark stands in the thing itself.
"""
