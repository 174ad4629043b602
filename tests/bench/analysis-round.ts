import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { median } from 'simple-statistics';
import { writeSyntheticTrial } from './synthetic-trial.ts';

const PROCESS = new URL('analyse-process.ts', import.meta.url).pathname;
/** Of a trial with probes every millisecond. */
const SECONDS = 60;
const SCALES = [1, 4, 16];
const REPEATS = 3;

export interface AnalysisCost {
  scale: number;
  seconds: number;
  /** Median of the repeats. */
  analysis_ms: number;
  /** The most of the repeats, of the whole process. */
  rss_mb: number;
}

/** What it costs to read and analyse the captures and records of a trial, at 1, 4 and 16 times the packets. */
export async function analysisCosts(scratch: string): Promise<AnalysisCost[]> {
  const costs: AnalysisCost[] = [];
  for (const scale of SCALES) {
    const folder = path.join(scratch, `analysis-${scale}`);
    const trial = path.join(folder, 'trial-1');
    await mkdir(trial, { recursive: true });
    await writeFile(
      path.join(folder, 'run.json'),
      JSON.stringify(await writeSyntheticTrial(trial, SECONDS * scale)),
    );
    const times: number[] = [];
    let rss_mb = 0;
    for (let n = 0; n < REPEATS; n += 1) {
      const { stdout } = await execa(process.execPath, [PROCESS, folder]);
      const seen = JSON.parse(stdout) as { analysis_ms: number; rss_mb: number };
      times.push(seen.analysis_ms);
      rss_mb = Math.max(rss_mb, seen.rss_mb);
    }
    costs.push({ scale, seconds: SECONDS * scale, analysis_ms: median(times), rss_mb });
    await rm(folder, { recursive: true });
  }
  return costs;
}
