"""What Phoenix is looked at with: a module a page, `dashboard()` in each, `dashboards()` where it makes several."""
