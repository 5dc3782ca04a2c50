// What GitHub's parser finds in the workflow or action on the standard input, as JSON: node check.mjs FOLDER NAME
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

// The package imports JSON without saying so, as bundlers allow.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context),
});
const [folder, name] = process.argv.slice(2);
const parser = pathToFileURL(`${folder}/node_modules/@actions/workflow-parser/dist/`);
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import(new URL("index.js", parser));
const { parseAction } = await import(new URL("actions/index.js", parser));

const parse = name.endsWith("action.yml") ? parseAction : parseWorkflow;
const { context, value } = parse({ name, content: readFileSync(0, "utf8") }, new NoOperationTraceWriter());
const errors = context.errors.getErrors().map((error) => error.message);
if (parse === parseWorkflow && value) {
  const converted = await convertWorkflowTemplate(context, value, undefined, { errorPolicy: 1 });
  errors.push(...(converted.errors ?? []).map((error) => error.Message));
}
process.stdout.write(JSON.stringify([...new Set(errors)]));
