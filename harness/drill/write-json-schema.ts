/** Writes docs/schemas/drill.schema.json and matrix.schema.json: `node harness/drill/write-json-schema.ts`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { drillJsonSchemaText, matrixJsonSchemaText } from './json-schema.ts';

const folder = new URL('../../docs/schemas/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL('drill.schema.json', folder), drillJsonSchemaText());
await writeFile(new URL('matrix.schema.json', folder), matrixJsonSchemaText());
