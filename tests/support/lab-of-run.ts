import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The lab that the only run of a drill names first. @param out what `--out` of the command was. */
export async function labOfRun(out: string, drill: string): Promise<string> {
  const folder = path.join(out, drill.replace('/', '-'));
  const [run] = await readdir(folder);
  const [line] = (await readFile(path.join(folder, run!, 'events.jsonl'), 'utf8')).split('\n');
  return (JSON.parse(line!) as { lab: string }).lab;
}
