import type { Statement } from './keepalived-syntax.ts';
import type { Word } from './keepalived-text.ts';

/** What instances take from `global_defs`. */
export interface Globals {
  version: 2 | 3;
  down_timer_adverts: number;
  strict: boolean;
}

/** How a reader of a part says what is wrong in it. */
export interface Findings {
  ignore(word: Word, message: string): void;
  refuse(word: Word, message: string): void;
}

export function keywordOf({ words }: Statement): string {
  return words[0]!.text;
}

/** A keyword that may stand alone, for yes; undefined when keepalived takes it for neither. */
export function flagOf(value: Word | undefined): boolean | undefined {
  if (!value || /^(true|on|yes)$/.test(value.text)) return true;
  return /^(false|off|no)$/.test(value.text) ? false : undefined;
}
