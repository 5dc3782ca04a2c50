"""Every verb through every fault: no edit is lost, no version is made twice, the exit code fits, the list is true."""

from __future__ import annotations

import json

import pytest

from tests.sync.project import DASHBOARD
from tests.sync.sandbox.client import DASHBOARDS

FAULTS = (
    *("401", "403", "409", "412", "413", "429", "500", "502", "503", "504"),
    *("latency", "slow", "truncated", "drop", "reset", "html"),
)
HARMLESS = {"latency", "slow"}
CODES = {"401": {3, 4}, "403": {3, 4, 5}}
KEPT, CHANGED, NEW, EDITED, GONE = "shop-kept", "shop-changed", "shop-new", "shop-edited", "shop-gone"
ALL = (KEPT, CHANGED, NEW, EDITED, GONE)
WRITES = {"method": "POST|PUT|DELETE", "path": ".*/dashboards(/.*)?"}
READS = {"method": "GET", "path": ".*/dashboards(/.*)?|/api/search"}
WRITTEN = {"created", "updated", "rolled back", "restored", "moved"}


def write(project, uid: str, title: str) -> None:
    project.rendered(f"dashboards/Shop/{uid}.json", {**DASHBOARD, "uid": uid, "title": title})


@pytest.fixture
def shop(project, sandbox):
    """One dashboard in step, one changed in code, one new, one edited in Grafana, one that no file holds any more."""
    project.connect(sandbox.url, api=sandbox.api)
    for uid in (KEPT, CHANGED, EDITED, GONE):
        write(project, uid, "One")
    project.first = project.invoke("push", "--format", "json").json["summary"]["push"]
    write(project, CHANGED, "Two")
    write(project, NEW, "Two")
    sandbox.save_by_hand(EDITED, "By hand")
    (project.root / f"rendered/dashboards/Shop/{GONE}.json").unlink()
    return project


def held(sandbox) -> dict[str, tuple[str, int]]:
    """Return title and number of versions of what is there."""
    found = {}
    for uid in ALL:
        answer = sandbox.client.get(f"/api/dashboards/uid/{uid}")
        if answer.status == 200:
            found[uid] = (answer.body["dashboard"]["title"], len(sandbox.versions(uid)))
    return found


def check(done, before: dict, after: dict, *, edited: str = "By hand") -> None:
    """Hold what the list says against what Grafana had before and has now."""
    assert "Traceback" not in done.err
    assert after[EDITED][0] == edited
    listed = json.loads(done.out)["rows"] if done.out else []
    rows = {row.get("uid"): row.get("state") for row in listed}
    for uid in ALL:
        versions = after.get(uid, ("", 0))[1] - before.get(uid, ("", 0))[1]
        state = rows.get(uid, "")
        if state == "deleted":
            assert uid not in after, state
        elif state in WRITTEN:
            assert versions == 1, (uid, state)
        else:
            assert after.get(uid) == before.get(uid), (uid, state)


def fits(done, fault: str) -> bool:
    if done.code == 0:
        return True
    return done.code in CODES.get(fault, {1, 4, 5}) and bool(done.err)


def run(project, sandbox, fault: str, verb: tuple[str, ...], hit: dict, *, count: int | None, after: bool = False):
    sandbox.fault(fault, count=count, after=after, seconds=0.01, **hit)
    done = project.invoke(*verb, "--format", "json")
    sandbox.client.delete("/_sandbox/faults")
    return done


@pytest.mark.parametrize("count", [1, None], ids=["once", "always"])
@pytest.mark.parametrize("fault", FAULTS)
def test_writes_that_fail(shop, sandbox, fault, count):
    before = held(sandbox)
    done = run(shop, sandbox, fault, ("push", "--prune", "--yes"), WRITES, count=count)
    check(done, before, held(sandbox))
    assert fits(done, fault), done
    assert done.code in {1, 3, 4, 5}  # the edited one is refused in any case
    shop.invoke("push", "--yes")
    settled = held(sandbox)
    assert settled[CHANGED] == ("Two", 2)
    assert settled[NEW] == ("Two", 1)
    assert settled[KEPT] == ("One", 1)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in {"409", "412"}])
def test_writes_whose_answer_is_lost(shop, sandbox, fault):
    """409 and 412 are never the answer to a write that was carried out."""
    before = held(sandbox)
    done = run(shop, sandbox, fault, ("push",), WRITES, count=1, after=True)
    assert "Traceback" not in done.err
    assert fits(done, fault), done
    shop.invoke("push")
    settled = held(sandbox)
    assert settled[EDITED] == before[EDITED]
    assert settled[CHANGED] == ("Two", 2)
    assert settled[NEW] == ("Two", 1)


@pytest.mark.parametrize("count", [1, None], ids=["once", "always"])
@pytest.mark.parametrize("fault", FAULTS)
def test_reads_that_fail(shop, sandbox, fault, count):
    before = held(sandbox)
    verbs = (
        *(("plan", "--out", "plan.json"), ("status",), ("history",), ("history", KEPT), ("doctor",)),
        *(("pull", "--dir", "pulled"), ("pull", KEPT, EDITED, "--dir", "pulled"), ("pull", "--all", "--dir", "pulled")),
    )
    for verb in verbs:
        done = run(shop, sandbox, fault, verb, READS, count=count)
        check(done, before, held(sandbox))
        assert fits(done, fault) or (verb == ("doctor",) and done.code), (verb, done)
        if fault in HARMLESS:
            assert done.code == 0 or verb == ("doctor",), (verb, done)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_push_that_can_not_read_writes_nothing(shop, sandbox, fault):
    before = held(sandbox)
    done = run(shop, sandbox, fault, ("push", "--prune", "--yes"), READS, count=None)
    check(done, before, held(sandbox))
    assert fits(done, fault), done
    if fault not in HARMLESS:
        assert held(sandbox) == before


@pytest.mark.parametrize("count", [1, None], ids=["once", "always"])
@pytest.mark.parametrize("fault", FAULTS)
def test_rollbacks_that_fail(shop, sandbox, fault, count):
    shop.invoke("push")
    second = json.loads(shop.invoke("history", "--format", "json").out)["rows"][0]["push"]
    for verb, hit in ((("rollback", "--push", second, "--yes"), WRITES), (("rollback", CHANGED, "--yes"), READS)):
        before = held(sandbox)
        done = run(shop, sandbox, fault, verb, hit, count=count)
        check(done, before, held(sandbox))
        assert fits(done, fault), done


@pytest.mark.parametrize("fault", FAULTS)
def test_a_plan_that_meets_a_fault(shop, sandbox, fault):
    shop.invoke("plan", "--out", "plan.json")
    before = held(sandbox)
    done = run(shop, sandbox, fault, ("push", "--plan", "plan.json"), WRITES, count=1)
    check(done, before, held(sandbox))
    assert fits(done, fault), done
    again = shop.invoke("push", "--plan", "plan.json", "--format", "json")
    after = held(sandbox)
    assert after[EDITED] == before[EDITED]
    assert after[CHANGED][1] <= 2
    assert again.code in {0, 5}, again


@pytest.mark.parametrize("edit", ["ui", "legacy", "app platform", "kubectl"])
def test_an_edit_between_any_two_steps_is_never_overwritten(shop, sandbox, edit):
    """By every way that an edit can be made, between every pair of steps."""

    def by_hand(uid: str, title: str) -> None:
        if edit == "legacy":
            sandbox.save_by_hand(uid, title)
        elif edit == "kubectl":
            sandbox.put_by_hand(uid, title=title)
        elif edit == "ui":  # the UI saves through the app platform with a message of its own, or none
            document = sandbox.document(uid)
            document["spec"]["title"] = title
            document["metadata"]["annotations"]["grafana.app/message"] = ""
            assert (
                sandbox.client.put(
                    f"/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards/{uid}", document
                ).status
                == 200
            )
        else:
            body = {"spec": {"title": title}}
            headers = {"Content-Type": "application/merge-patch+json"}
            assert sandbox.client.send("PATCH", f"{DASHBOARDS}/{uid}", body, headers=headers).status == 200

    steps = (
        *(("push",), ("plan", "--out", "plan.json"), ("push", "--plan", "plan.json"), ("push", "--prune", "--yes")),
        *(("rollback", "--push", shop.first, "--yes"), ("status",), ("pull", "--dir", "pulled"), ("push",)),
    )
    for number, step in enumerate(steps):
        title = f"By hand {number}"
        by_hand(CHANGED, title)
        write(shop, CHANGED, f"In code {number}")
        done = shop.invoke(*step)
        assert "Traceback" not in done.err
        assert sandbox.title(CHANGED) == title, step
