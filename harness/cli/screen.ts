import { stdout } from 'node:process';

const WIDEST = 100;
const NARROWEST = 60;

/** What stdout can show: colours (NO_COLOR and FORCE_COLOR are heeded) and how many columns. */
export function screen(): { colour: boolean; width: number } {
  const columns = stdout.isTTY ? stdout.columns : WIDEST;
  return {
    colour: stdout.isTTY && stdout.hasColors(),
    width: Math.min(WIDEST, Math.max(NARROWEST, columns || WIDEST)),
  };
}
