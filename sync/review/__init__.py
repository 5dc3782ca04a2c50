"""The difference of a pull request as one comment on it, kept up to date: what CI jobs run with a token.

    python -P -m sync.review github     in a job that a finished run of the checks starts (workflow_run)
    python -P -m sync.review gitlab     in a pipeline of a merge request

Both compare two commits that are at hand as git's objects; nothing of the pull request is checked out, and none of its
code runs. `python -P -m sync.review comment NUMBER FILE` posts what stands in a file.
Without -P, Python would take modules from the folder it is started in before its own.

github, gitlab  the forges: comments, and which pull request it is about
http            requests to a forge's API, JSON both ways
sticky          which comment is ours, and whether it has to change
compare         the comment's text, by a `dash-sync diff` that does not hold the token
"""
