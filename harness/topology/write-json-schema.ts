/** Writes docs/schemas/topology.schema.json: `node harness/topology/write-json-schema.ts`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { topologyJsonSchemaText } from './json-schema.ts';

const folder = new URL('../../docs/schemas/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL('topology.schema.json', folder), topologyJsonSchemaText());
