"""The contract of a push, over both APIs, on the sandbox and on a real Grafana."""

from __future__ import annotations

import re

from sync.mark import parse
from tests.sync.project import DASHBOARD

UID = "shop-overview"


def states(done) -> dict[str, str]:
    return {row["uid"]: row["state"] for row in done.json["rows"]}


def reason(done, uid: str = UID) -> str:
    return next(row["reason"] for row in done.json["rows"] if row["uid"] == uid)


def push(project, *arguments, **more):
    return project.invoke("push", "--format", "json", *arguments, **more)


def change(project, title: str = "Changed in code", **more) -> None:
    project.rendered("dashboards/Shop/overview.json", {**DASHBOARD, "title": title, **more})


def test_a_first_push_creates_the_dashboard_in_its_folder(shop, grafana):
    done = push(shop, "--message", "first")
    assert done.code == 0, done
    assert states(done) == {UID: "created"}
    assert grafana.title(UID) == "Overview"
    assert grafana.notes(UID)["folder"] == "shop"
    assert done.json["summary"]["api"] == grafana.api


def test_a_second_push_writes_nothing_and_makes_no_version(shop, grafana):
    push(shop)
    done = push(shop)
    assert done.code == 0
    assert states(done) == {UID: "unchanged"}
    assert len(grafana.versions(UID)) == 1


def test_key_order_and_spelled_out_defaults_make_no_version(shop, grafana):
    push(shop)
    spelled = {"editable": True, "links": [], "time": {"from": "now-6h", "to": "now"}, "timezone": "", "refresh": ""}
    shop.rendered("dashboards/Shop/overview.json", {**spelled, **dict(reversed(DASHBOARD.items()))})
    assert states(push(shop)) == {UID: "unchanged"}
    assert len(grafana.versions(UID)) == 1


def test_a_message_that_was_cut_within_a_letter_is_pushed(shop, grafana):
    assert push(shop, "--message", b"caf\xc3 \xff".decode(errors="surrogateescape")).code == 0
    assert parse(grafana.notes(UID)["message"]).text == "caf\ufffd \ufffd"


def test_a_change_in_code_makes_one_version(shop, grafana):
    push(shop)
    change(shop)
    assert states(push(shop)) == {UID: "updated"}
    assert grafana.title(UID) == "Changed in code"
    assert grafana.generation(UID) == 2
    assert states(push(shop)) == {UID: "unchanged"}


def test_every_version_carries_the_mark(shop, grafana):
    id_ = push(shop, "--message", "why it was made").json["summary"]["push"]
    change(shop)
    second = push(shop).json["summary"]["push"]
    assert id_ < second
    row = shop.invoke("history", UID, "--format", "json").json["rows"]
    assert [(entry["push"], entry["message"], entry["version"]) for entry in row] == [
        (second, "", 2),
        (id_, "why it was made", 1),
    ]
    mark = parse(grafana.notes(UID)["message"])
    assert (mark.push, mark.generation, mark.commit) == (second, 2, "none")
    assert re.fullmatch(
        r"dash-sync/1 push=\S+ commit=none sha256=[0-9a-f]{16} gen=2 \| ", grafana.notes(UID)["message"]
    )


def test_the_app_platform_also_carries_owner_source_and_whether_the_ui_may_save(shop, grafana):
    shop.rendered("sources.json", {"dashboards/Shop/overview.json": "pages/overview.py"})
    push(shop)
    if grafana.api == "legacy":
        assert "managerId" not in grafana.notes(UID)
        return
    notes = grafana.notes(UID)
    assert notes["managedBy"] == "kubectl"
    assert notes["managerId"] == "dash-sync:shop"
    assert notes["sourcePath"] == "pages/overview.py"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", notes["sourceChecksum"])
    assert notes["managerAllowsEdits"] == "true"


def test_ui_edits_can_be_denied(shop, grafana):
    shop.connect(grafana.url, api=grafana.api, **{"ui-edits": "deny"})
    push(shop)
    assert "managerAllowsEdits" not in grafana.notes(UID)


def test_a_save_by_hand_is_refused_and_named_with_who_and_when(shop, grafana):
    push(shop)
    grafana.save_by_hand(UID, "By hand", message="hotfix")
    done = push(shop)
    assert done.code == 5
    assert states(done) == {UID: "refused"}
    assert re.search(r'changed in Grafana: saved by admin at \d{4}-\d\d-\d\dT\S+ \("hotfix"\)', reason(done))
    assert f"nothing is written; refused: {UID}" in done.err
    assert "--force UID" in done.err
    assert grafana.title(UID) == "By hand"


def test_a_put_that_keeps_message_and_manager_is_seen_by_the_generation(shop, grafana):
    push(shop)
    grafana.put_by_hand(UID, title="By kubectl")
    done = push(shop)
    assert done.code == 5
    assert "changed in Grafana" in reason(done)
    assert grafana.title(UID) == "By kubectl"


def test_a_change_on_both_sides_is_refused(shop, grafana):
    push(shop)
    grafana.save_by_hand(UID, "By hand")
    change(shop)
    done = push(shop)
    assert done.code == 5
    assert "changed in both: saved by admin" in reason(done)
    assert "the code has changed too" in reason(done)


def test_a_refusal_beside_a_write_is_partial(shop, grafana):
    push(shop)
    grafana.save_by_hand(UID, "By hand")
    shop.rendered("dashboards/Shop/new.json", {**DASHBOARD, "uid": "shop-new"})
    done = push(shop)
    assert done.code == 4
    assert states(done) == {"shop-new": "created", UID: "refused"}
    assert "1 refused, the others are written" in done.err


def test_force_overwrites_the_one_that_it_names(shop, grafana):
    push(shop)
    grafana.save_by_hand(UID, "By hand")
    done = push(shop, "--force", UID, "--yes")
    assert done.code == 0, done
    assert states(done) == {UID: "updated"}
    assert grafana.title(UID) == "Overview"
    assert states(push(shop)) == {UID: "unchanged"}


def test_without_a_terminal_or_yes_force_is_not_answered(shop, grafana):
    push(shop)
    grafana.save_by_hand(UID, "By hand")
    done = push(shop, "--force", UID)
    assert done.code == 5
    assert "not answered, since there is no terminal to ask on: Overwrite shop-overview" in done.err
    assert "--yes" in done.err
    assert grafana.title(UID) == "By hand"


def test_a_dashboard_that_was_never_ours_is_refused_until_adopted(shop, grafana):
    grafana.save_by_hand(UID, "Somebody's", folder="")
    done = push(shop)
    assert done.code == 5
    assert "unmanaged: dash-sync never wrote it; last saved by admin" in reason(done)
    assert "--adopt UID" in done.err
    assert states(push(shop, "--force", UID, "--yes")) == {UID: "refused"}
    assert states(push(shop, "--adopt", UID, "--yes")) == {UID: "updated"}
    assert grafana.title(UID) == "Overview"
    assert states(push(shop)) == {UID: "unchanged"}


def test_a_dashboard_of_another_project_is_refused_until_adopted(shop, grafana):
    push(shop)
    shop.config((shop.root / "dash-sync.yaml").read_text().replace('"project": "shop"', '"project": "market"'))
    done = push(shop)
    assert done.code == 5
    assert "owned by another: it belongs to dash-sync:shop" in reason(done)
    assert states(push(shop, "--adopt", UID, "--yes")) == {UID: "updated"}
    assert parse(grafana.notes(UID)["message"]).project == "market"
    assert states(push(shop)) == {UID: "unchanged"}


def test_a_dashboard_saved_over_another_projects_push_is_still_not_ours(shop, grafana):
    push(shop)
    grafana.save_by_hand(UID, "By hand")
    shop.config((shop.root / "dash-sync.yaml").read_text().replace('"project": "shop"', '"project": "market"'))
    done = push(shop)
    assert done.code == 5
    assert "owned by another: it belongs to dash-sync:shop" in reason(done)


def test_flags_that_name_no_dashboard_are_an_error(shop):
    for flag in ("--force", "--adopt"):
        done = push(shop, flag, "nowhere")
        assert done.code == 1
        assert f"{flag} names 'nowhere', which is no rendered dashboard's uid" in done.err


def test_a_dashboard_moved_in_code_keeps_its_history(shop, grafana):
    push(shop)
    (shop.root / "rendered/dashboards/Shop/overview.json").unlink()
    shop.rendered("dashboards/Elsewhere/Deep/overview.json", DASHBOARD)
    done = push(shop)
    assert done.code == 0, done
    assert states(done) == {UID: "moved"}
    assert grafana.notes(UID)["folder"] == "elsewhere-deep"
    assert states(push(shop)) == {UID: "unchanged"}
    assert grafana.versions(UID)[-1]["version"] == 1


def test_a_dashboard_moved_to_the_root(shop, grafana):
    push(shop)
    (shop.root / "rendered/dashboards/Shop/overview.json").unlink()
    shop.rendered("dashboards/overview.json", DASHBOARD)
    assert states(push(shop)) == {UID: "moved"}
    assert "folder" not in grafana.notes(UID)
    assert states(push(shop)) == {UID: "unchanged"}


def test_nested_folders_are_made_parents_first(shop, grafana):
    shop.rendered("dashboards/Elsewhere/Deep/page.json", {**DASHBOARD, "uid": "shop-page"})
    assert push(shop).code == 0
    assert grafana.client.get("/api/folders/elsewhere-deep").body["parentUid"] == "elsewhere"


def test_folder_yaml_gives_uid_and_title(shop, grafana):
    shop.write("rendered/dashboards/Shop/folder.yaml", "uid: shop-slo\ntitle: Shop / SLO\n")
    assert push(shop).code == 0
    assert grafana.client.get("/api/folders/shop-slo").body["title"] == "Shop / SLO"


def test_a_selection_that_matches_nothing_is_an_error_and_not_nothing_to_do(shop, grafana):
    done = push(shop, "--select", "shop-*", "--select", "shpo-*")
    assert done.code == 1
    assert "--select 'shpo-*' matches no rendered dashboard" in done.err


def test_select_limits_a_push(shop, grafana):
    shop.rendered("dashboards/Shop/new.json", {**DASHBOARD, "uid": "shop-new"})
    assert states(push(shop, "--select", "shop-n*")) == {"shop-new": "created"}
    assert states(push(shop, "--select", "Shop/over*")) == {UID: "created"}


def test_a_context_puts_in_its_own_data_sources_and_variables(shop, grafana):
    variable = {"name": "environment", "type": "custom", "query": "production,staging"}
    change(shop, templating={"list": [variable]})
    settings = {"datasources": {"prometheus": "prom-prod"}, "variables": {"environment": "production"}}
    shop.connect(grafana.url, api=grafana.api, **settings)
    assert push(shop).code == 0
    spec = grafana.document(UID)["spec"]
    assert spec["panels"][0]["datasource"]["uid"] == "prom-prod"
    assert spec["panels"][0]["targets"][0]["datasource"]["uid"] == "prom-prod"
    assert spec["templating"]["list"][0]["current"]["value"] == "production"
    assert states(push(shop)) == {UID: "unchanged"}
    shop.connect(grafana.url, api=grafana.api)
    assert states(push(shop)) == {UID: "updated"}


def test_status_and_plan_use_the_words_of_people(shop, grafana):
    def word(verb: str) -> str:
        return states(shop.invoke(verb, "--format", "json"))[UID]

    assert (word("status"), word("plan")) == ("missing", "create")
    push(shop)
    assert (word("status"), word("plan")) == ("in step", "unchanged")
    change(shop)
    assert (word("status"), word("plan")) == ("changed in code", "update")
    grafana.save_by_hand(UID, "By hand")
    assert (word("status"), word("plan")) == ("changed in both", "changed in both")


def test_exit_code_tells_whether_there_are_changes(shop):
    assert shop.invoke("plan", "--exit-code").code == 10
    push(shop)
    assert shop.invoke("plan", "--exit-code").code == 0
    assert shop.invoke("status", "--exit-code").code == 0


def test_the_text_lists_what_was_done(shop, grafana):
    assert f"created  {UID}  Shop/overview  1" in shop.invoke("push").out
    done = shop.invoke("push")
    assert f"unchanged  {UID}  Shop/overview  1" in done.out
    assert "1 unchanged, context local" in done.out


def test_either_api_understands_what_the_other_has_pushed(shop, grafana):
    push(shop)
    other = "legacy" if grafana.api == "app-platform" else "app-platform"
    shop.connect(grafana.url, api=other)
    assert states(push(shop)) == {UID: "unchanged"}
    change(shop)
    assert states(push(shop)) == {UID: "updated"}
    shop.connect(grafana.url, api=grafana.api)
    assert states(push(shop)) == {UID: "unchanged"}
    assert grafana.generation(UID) == 2


def test_a_dashboard_moved_by_hand_is_not_moved_back(shop, grafana):
    push(shop)
    grafana.client.post("/api/folders", {"uid": "elsewhere", "title": "Elsewhere"})
    if grafana.api == "legacy":
        return
    grafana.patch_by_hand(UID, annotations={"grafana.app/folder": "elsewhere"})
    done = push(shop)
    assert done.code == 5
    assert "changed in Grafana" in reason(done)
    assert grafana.notes(UID)["folder"] == "elsewhere"


def test_what_was_deleted_in_grafana_is_named_without_grafanas_own_numbers(project, sandbox):
    """Pushed over the legacy API it has no manager, so that the app platform's trash keeps it."""
    project.connect(sandbox.url, api="legacy")
    project.rendered("dashboards/Shop/overview.json", DASHBOARD)
    push(project)
    sandbox.client.delete(f"/api/dashboards/uid/{UID}")
    project.connect(sandbox.url, api="app-platform")
    done = push(project)
    assert done.code == 5
    assert re.search(r"deleted in Grafana: deleted by somebody at \d{4}-", reason(done))
    assert "Make what was deleted anew with --force UID, or take it out of the code." in done.err
    assert states(push(project, "--force", UID, "--yes")) == {UID: "created"}


def test_plan_and_status_say_folders_as_directories(shop, grafana):
    shop.rendered("dashboards/Shop/Deep/other.json", {**DASHBOARD, "uid": "shop-other"})
    for verb in ("plan", "status"):
        rows = shop.invoke(verb, "--format", "json").json["rows"]
        assert {row["uid"]: row["folder"] for row in rows} == {UID: "Shop", "shop-other": "Shop/Deep"}


def test_a_push_of_nothing_says_so(shop):
    (shop.root / "rendered/dashboards/Shop/overview.json").unlink()
    assert shop.invoke("push").out.startswith("nothing to do, context local")


def test_wrong_passwords_and_missing_ones_are_told_in_the_contexts_own_words(shop):
    done = shop.invoke("push", environment={"SHOP_PASSWORD": "wrong"})
    assert done.code == 3
    assert "user-env and password-env" in done.err
    done = shop.invoke("push", environment={"SHOP_PASSWORD": None, "SHOP_USER": None})
    assert done.code == 3
    assert "export SHOP_USER=… SHOP_PASSWORD=…" in done.err
