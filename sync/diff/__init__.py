"""The difference of two sets of dashboards and rules, in the words of people who read dashboards.

    read → migrate → defaults → build     any dashboard JSON into one typed form (model)
    panels, query, tree, rules            two of them into changes (change)
    compare                               two sets of files into a Difference
    terminal, markdown, page, document    a Difference for a terminal, a pull request, a browser, a program

All of that is pure. What reads files, git's objects and a live Grafana stands in sources; the verb in command.
"""
