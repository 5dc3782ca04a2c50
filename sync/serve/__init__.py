"""`dash-sync serve`: the rendered dashboards in a browser of this machine, without a Grafana.

shelf       the files: what there is, what is broken, what was changed
scene       a dashboard with its data; studio makes pictures of its panels, and keeps them
reading     a panel's values as tables, for those who don't see pictures
changes     the difference from a git revision, and from a live Grafana
pages       addresses → HTML; pictures, events the same for what a page loads
app         all of it as an ASGI application, with the headers that keep a page to itself
command     the verb
"""
