/** The label by which a node says which lines of its log are nobody's concern. */
export const IGNORE_LABEL = 'hadrill.log-ignore';

/** What is wrong with such a regular expression; undefined where nothing is. */
export function ignoreProblem(text: string): string | undefined {
  try {
    new RegExp(text);
    return undefined;
  } catch (error) {
    return `'${text}' is not a regular expression: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Which lines of a node's log its labels leave out; undefined where they leave out none. */
export function ignoredLines(labels: Readonly<Record<string, string>>): RegExp | undefined {
  const text = labels[IGNORE_LABEL];
  return text === undefined ? undefined : new RegExp(text);
}

/** Labels that leave out what these do, and the lines that match these patterns too. */
export function withIgnored(
  labels: Readonly<Record<string, string>>,
  patterns: readonly string[],
): Record<string, string> {
  const all = [...(labels[IGNORE_LABEL] === undefined ? [] : [labels[IGNORE_LABEL]]), ...patterns];
  if (all.length === 0) return { ...labels };
  return { ...labels, [IGNORE_LABEL]: all.map((one) => `(?:${one})`).join('|') };
}
