/** Between words, but not between a number, its error and its unit. */
const BREAKS = / (?!(?:±|ms|s|min|%)(?:[ ,.;)]|$))(?<!± )/;

/**
 * Breaks a text between words so that no line is longer than `width`, as far as its words allow. Every line
 * begins as far right as the text does, those after the first `indent` further.
 */
export function wrap(text: string, width: number, indent = ''): string {
  const lead = /^ */.exec(text)![0];
  const [first = '', ...words] = text.slice(lead.length).split(BREAKS);
  const lines = [`${lead}${first}`];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(`${lead}${indent}${word}`);
  }
  return lines.join('\n');
}
