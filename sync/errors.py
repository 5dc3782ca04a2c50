"""Everything that can go wrong for a user, with the exit code and the remedy that belong to it.

DashSyncError                 1
├── FileProblem               1   a file of the user's, with its line where it is known
│   ├── ConfigError           1   dash-sync.yaml
│   ├── RenderError           1   a module that builds dashboards
│   └── DashboardFileError    1   a file below rendered/
├── Stale                     1   rendered/ is not what the modules build
├── GitError                  1   git is missing or refuses
├── PortUnavailable           1   a server of ours can't listen
├── PackageMissing            1   an extra of the distribution is not installed
├── ServerError               1   a server, a request, and the dashboard it was for
│   ├── Unreachable           1   refused, no such host, reset
│   ├── TimedOut              1
│   ├── TlsFailed             1
│   ├── NotGrafana            1   HTML, or JSON that no Grafana sends
│   ├── BrokenAnswer          1   half a body
│   ├── Rejected              1   400, 413, 422: what was sent is wrong
│   ├── NotFound              1   404
│   ├── Overloaded            1   429
│   ├── Failing               1   5xx
│   ├── Unauthorized          3   401
│   ├── Forbidden             3   403
│   └── Conflict              5   409, 412: changed since it was read
├── NotAllowed                3   no credentials, or a server they must not go to
│   ├── NoCredentials         3
│   └── Untrusted             3
├── Refused                   5   nothing was written
│   ├── DirtyTree             5
│   └── Unanswered            5   a question without a terminal to ask on
├── Partial                   4   some dashboards are written, some are not
├── Changes                  10   --exit-code, and there are changes
└── Interrupted             130
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.report import Report


class DashSyncError(Exception):
    """What is wrong (`what`), where (`where`: a file and line, or a server), and what to do about it (`remedy`).

    A verb that got something done hands its `report` along.
    """

    exit_code = 1
    remedy = ""

    def __init__(self, what: str, *, where: str = "", remedy: str | None = None, report: Report | None = None) -> None:
        super().__init__(what)
        self.report = report
        self.what = what
        self.where = where
        if remedy is not None:
            self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class FileProblem(DashSyncError):
    """Something in a user's file; `line` and `column` count from 1, 0 where they are not known."""

    def __init__(self, what: str, *, path: str, line: int = 0, column: int = 0, remedy: str | None = None) -> None:
        where = ":".join([path, *(str(number) for number in (line, column) if number)])
        super().__init__(what, where=where, remedy=remedy)
        self.path = path
        self.line = line
        self.column = column


class ConfigError(FileProblem):
    """dash-sync.yaml is missing, is not YAML, or says something that it can't say."""

    remedy = "`dash-sync init` writes an example; the keys are described in sync/config.schema.json."


class RenderError(FileProblem):
    """A module raised, or made something that is not a dashboard."""

    remedy = "Mend the module and render again; nothing was written."


class DashboardFileError(FileProblem):
    """A file below rendered/ is not a dashboard that Grafana could take."""

    remedy = "Mend the file, or render it again with `dash-sync render`; nothing was sent."


class Stale(DashSyncError):
    """The rendered files are not what the modules build."""

    remedy = "Run `dash-sync render` and commit the result."


class GitError(DashSyncError):
    """Git is missing, or the folder is no repository where one is needed."""


class PortUnavailable(DashSyncError):
    """The sandbox or the preview can't listen on its port: another process does, or the system forbids it."""

    remedy = "Choose another port with --port; --port 0 takes a free one."


class PackageMissing(DashSyncError):
    """A command needs packages that come with an extra of the distribution."""


class ServerError(DashSyncError):
    """A request to a Grafana that failed: which server, which request, which dashboard."""

    remedy = "See what it says with `dash-sync doctor`."

    def __init__(
        self, what: str, *, server: str, request: str = "", subject: str = "", remedy: str | None = None
    ) -> None:
        where = server + (f" ({request})" if request else "") + (f": {subject}" if subject else "")
        super().__init__(what, where=where, remedy=remedy)
        self.server = server
        self.request = request
        self.subject = subject
        self.status = 0
        self.retry_after: float | None = None


class Unreachable(ServerError):
    """The connection was cut."""

    remedy = "Is Grafana running there, and is the context's url right? `dash-sync doctor` tries it."


class Refusing(Unreachable):
    """There was no connection at all: refused, or no host of that name."""


class TimedOut(ServerError):
    """No answer within the timeout."""

    remedy = "Give it longer with --timeout, or send less at once with --workers 1."


class TlsFailed(ServerError):
    """The certificate is not trusted, or the server does not speak TLS."""

    remedy = "Name the authority that signed it as `tls: {ca: FILE}` in the context."


class NotGrafana(ServerError):
    """Something answered that is not Grafana's API: a proxy's page, a login form, another service."""

    remedy = "Is the url the root of a Grafana (sub-path included), and does a proxy or a login page stand before it?"


class BrokenAnswer(ServerError):
    """The answer ended early or is not what it claims to be."""

    remedy = "Push again: what was written is recognised by its checksum and not written twice."


class Rejected(ServerError):
    """Grafana says that what was sent is wrong."""

    remedy = "Mend the dashboard that it names."


class TooLarge(Rejected):
    """413: more than Grafana, or a proxy before it, takes at once."""

    remedy = "Make the dashboard smaller, or raise the limit of the proxy (nginx: client_max_body_size)."


class NotFound(ServerError):
    """There is nothing there."""

    remedy = "Look with `dash-sync status`: it may have been deleted, or its folder may."


class Overloaded(ServerError):
    """429: too many requests, after the retries that it asked for."""

    remedy = "Push again later, or with --workers 1: what is written already is skipped."


class Failing(ServerError):
    """5xx: Grafana, or a proxy before it, failed."""

    remedy = "Look into Grafana's log; then push again: what is written already is skipped."


class Unauthorized(ServerError):
    """401: the credentials are missing or wrong."""

    exit_code = 3
    remedy = (
        "Make a token for a service account (Editor) and put it into the variable that the context's token-env names."
    )


class Forbidden(ServerError):
    """403: the credentials are right and too weak."""

    exit_code = 3
    remedy = "Give the service account the role Editor, or Edit on the folder."


class Conflict(ServerError):
    """Grafana holds another version than the one that was read."""

    exit_code = 5
    remedy = "See what changed with `dash-sync status`, take it into the code, or overwrite it with --force UID."


class NotAllowed(DashSyncError):
    """Credentials are missing, or must not go where they would go."""

    exit_code = 3


class NoCredentials(NotAllowed):
    """The context names variables that are not set."""


class Untrusted(NotAllowed):
    """A server to which this machine has not agreed to send credentials."""


class Refused(DashSyncError):
    """Nothing was written, because it would have overwritten something or somebody has to decide."""

    exit_code = 5


class DirtyTree(Refused):
    """A push under CI from a tree with uncommitted changes."""

    remedy = "Commit, or push with --allow-dirty; the version is then marked as not recoverable from git."


class Unanswered(Refused):
    """A question that nobody answered."""

    remedy = "Answer it on a terminal, or say --yes."


class Partial(DashSyncError):
    """Some dashboards are written, others failed or were refused; the list says which."""

    exit_code = 4
    remedy = "Mend what the list names and push again: what is written already is skipped."


class Changes(DashSyncError):
    """--exit-code was given and there are changes."""

    exit_code = 10


class Interrupted(DashSyncError):
    """Ctrl-C; the list says what was done."""

    exit_code = 130
    remedy = "Run it again: nothing is half done."
