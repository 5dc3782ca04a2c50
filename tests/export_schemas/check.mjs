// Asked with [{kind, content}] on stdin: a Kubernetes object, or Terraform's text. Answers what is wrong with each, or "".
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const home = process.argv[2];
const packages = join(home, "node_modules");
const load = (path) => import(pathToFileURL(join(packages, path)));
const { parse } = createRequire(join(home, "package.json"))("@cdktf/hcl2json");
const { PrometheusRule } = await load("@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule.js");
const { ConfigMap } = await load("kubernetes-models/v1/ConfigMap.js");
const kinds = { PrometheusRule, ConfigMap };

async function problem({ kind, content }) {
  try {
    if (kind === "terraform") await parse("main.tf", content);
    else new kinds[kind](content).validate();
    return "";
  } catch (error) {
    return String(error.message ?? error);
  }
}

const found = [];
for (const asked of JSON.parse(readFileSync(0, "utf8"))) found.push(await problem(asked));
console.log(JSON.stringify(found));
