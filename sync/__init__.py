"""`dash-sync`: files in, Grafana out. Only `render` runs content; everything else reads what it rendered."""
