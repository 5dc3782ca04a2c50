"""Dashboards as pictures and pages, drawn without a Grafana.

page            any dashboard file → panels with their places in pixels
variables       what Grafana puts in for $variables and macros
prometheus      the answers of a Prometheus; samples makes some up from the catalogue
frames          answers → named fields and tables, as Grafana's panels get them
panel_…         one module a kind: fields → a chart in Vega-Lite, or shapes in SVG
sheet, html     panels → one SVG, or one HTML page that answers to a pointer
command         the verb
"""
