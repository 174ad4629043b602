import { createHash } from 'node:crypto';
import { cleanLine } from '../../ground/clean-text.ts';
import { html, Markup } from './markup.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** Name of a run's page in its folder. */
export const PAGE_FILE = 'report.html';

/**
 * A page of its own: it loads nothing, and runs no script but the one in it (Content Security Policy by digests), so that
 * a text that got through would not act.
 */
export function page(title: string, body: Markup): string {
  const policy = [
    "default-src 'none'",
    `style-src '${digestOf(STYLE)}'`,
    `script-src '${digestOf(SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${cleanLine(title)}</title>
<style>${new Markup(STYLE)}</style></head>
<body>
${body}
<script>${new Markup(SCRIPT)}</script>
</body></html>
`.text;
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
