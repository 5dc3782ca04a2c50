"""The sandbox: an embedded stand-in for Grafana's dashboard API, for trials and tests.

It is not Grafana and draws nothing. It keeps folders, dashboards and what belongs to them in SQLite and answers the
legacy API (`/api`) and the app platform (`/apis`) as Grafana 12.4 with its SQL store does, as far as recordings of
that server show it.
"""
