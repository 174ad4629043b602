import type { Lab } from '../../../harness/lab/lab.ts';

export const [B, C] = ['198.18.1.2', '198.18.1.3'];

/** What b's web server answers at. */
export const WEB = `http://${B}:8080/`;

/** What ping(8) has counted; the round trips in ms, in the order in which they came back. */
export interface Pings {
  sent: number;
  received: number;
  duplicates: number;
  round_trips_ms: number[];
}

/** Pings an address, one every 10 ms. */
export async function ping(
  lab: Lab,
  from: string,
  to: string,
  { count = 200, size = 56 }: { count?: number; size?: number } = {},
): Promise<Pings> {
  const words = ['ping', '-c', `${count}`, '-i', '0.01', '-W', '0.3', '-s', `${size}`, to];
  const { stdout } = await lab.exec(from, words);
  const said = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? 0);
  return {
    sent: said(/(\d+) packets transmitted/),
    received: said(/(\d+) received/),
    duplicates: said(/\+(\d+) duplicates/),
    round_trips_ms: [...stdout.matchAll(/time=([\d.]+) ms/g)].map((match) => Number(match[1])),
  };
}

/** A counter of the node's kernel (nstat(8)). */
export async function kernelCounter(lab: Lab, node: string, name: string): Promise<number> {
  const { stdout } = await lab.exec(node, ['nstat', '-asz', name]);
  return Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(stdout)?.[1] ?? Number.NaN);
}
