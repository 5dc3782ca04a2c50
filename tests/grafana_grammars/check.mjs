// Reads [{language, text}] and writes, for each, the pieces that Grafana's grammar of that language can't place.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const logql = require("@grafana/lezer-logql");
const traceql = require("@grafana/lezer-traceql");
const parsers = { logql: logql.parser, traceql: traceql.parser };

const wrong = ({ language, text }) => {
  const found = [];
  parsers[language].parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) found.push(`at ${node.from}: ${JSON.stringify(text.slice(node.from, node.to + 12))}`);
    },
  });
  return found;
};

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf-8")).map(wrong)));
