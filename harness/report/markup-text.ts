import { cleanText } from '../ground/clean-text.ts';

/** What no XML 1.0 document may hold, not even escaped (XML 1.0, 2.2), beyond what `cleanText` takes away. */
const NOT_XML = /[\uFFFE\uFFFF]/g;

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of others for an element, or for an attribute in either kind of quotes, of XML and of HTML: cleaned and escaped. */
export function markupText(text: string): string {
  return cleanText(text)
    .replace(NOT_XML, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ESCAPED[character]!);
}
