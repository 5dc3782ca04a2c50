// Turns @grafana/schema's TypeScript types into JSON Schemas: node generate.mjs DIRECTORY
// One file a panel kind (its Options and FieldConfig), and dashboard.json.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const directory = process.argv[2];
const require = createRequire(join(directory, "package.json"));
const { createGenerator } = require("ts-json-schema-generator");
const types = join(dirname(require.resolve("@grafana/schema/package.json")), "dist", "types", "raw");
const schemas = join(directory, "schemas");
mkdirSync(schemas, { recursive: true });

function write(name, path, roots) {
  const generator = createGenerator({
    path, expose: "export", topRef: true, jsDoc: "none", skipTypeCheck: true, additionalProperties: false,
  });
  const definitions = {};
  for (const root of roots) {
    try {
      Object.assign(definitions, generator.createSchema(root).definitions);
    } catch (error) {
      if (!/No root type/.test(error.message)) throw error;  // not every kind has a FieldConfig
    }
  }
  const schema = { $schema: "http://json-schema.org/draft-07/schema#", definitions };
  writeFileSync(join(schemas, `${name}.json`), JSON.stringify(schema, null, 1));
}

write("dashboard", join(types, "dashboard", "x", "types.gen.d.ts"), ["Dashboard", "Panel", "RowPanel"]);
const kinds = join(types, "composable");
for (const kind of readdirSync(kinds).sort()) {
  if (kind === "geomap") continue;  // declares MapLayerOptions twice, which a schema can't hold
  const path = join(kinds, kind, "panelcfg", "x");
  let files = [];
  try { files = readdirSync(path); } catch { continue; }  // a data source, not a panel
  write(kind, join(path, files.find((file) => file.endsWith(".d.ts"))), ["Options", "FieldConfig"]);
}
