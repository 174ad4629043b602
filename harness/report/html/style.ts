/** The look of a page: light and dark, wide and narrow, on a screen and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #59626d; --paper: #fff; --panel: #f5f6f8; --line: #d5d9df;
  --pass: #0b6e3a; --fail: #b3141d; --unknown: #7a5300; --band: #bfe3cf; --outage: #d64550; --degraded: #e59a2f;
  --fault: #6b5bbd; --dot: #1f5fa8; --accent: #1f5fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a3acb8; --paper: #15181c; --panel: #1f242a;
  --line: #3a424c; --pass: #5fd394; --fail: #ff8080; --unknown: #f0bf5a; --band: #1f4d35; --outage: #e0606a;
  --degraded: #d99235; --fault: #9d8ff0; --dot: #7db4f0; --accent: #7db4f0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem 1.2rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: .3rem 0; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; } h4 { font-size: .95rem; margin: 1rem 0 .3rem; }
p { margin: .4rem 0; } ul { margin: .4rem 0; padding-left: 1.2rem; }
a { color: var(--accent); } nav a { margin-right: .9rem; white-space: nowrap; }
code, pre { font-family: ui-monospace, monospace; font-size: .86rem; }
.repeat { display: flex; gap: .6rem; align-items: start; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .7rem; }
.repeat code { flex: 1; }
button { font: inherit; font-size: .85rem; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 5px; padding: .15rem .6rem; cursor: pointer; }
button[aria-pressed=true] { background: var(--ink); color: var(--paper); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.small, .note { color: var(--soft); font-size: .86rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.mark { display: inline-block; font-weight: 700; text-transform: uppercase; font-size: .82em; border: 1.5px solid currentColor; border-radius: 5px; padding: 0 .4em; white-space: nowrap; }
.mark.pass { color: var(--pass); } .mark.fail { color: var(--fail); } .mark.unknown { color: var(--unknown); border-style: dashed; } .mark.known { color: var(--accent); border-style: dotted; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .9rem; margin: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .22rem .7rem .22rem 0; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
td:last-child { min-width: 12rem; overflow-wrap: anywhere; } th { color: var(--soft); font-weight: 600; }
.right { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { color: var(--soft); } dd { margin: 0; }
details { border: 1px solid var(--line); border-radius: 6px; padding: .3rem .8rem; margin: .5rem 0; }
summary { cursor: pointer; } .trial[hidden] { display: none; }
.problem { border-left: 4px solid var(--unknown); padding-left: .8rem; margin: .6rem 0; } .problem.fail { border-color: var(--fail); }
svg { display: block; max-width: 100%; height: auto; margin: .3rem 0; } svg.strip, svg.lanes { width: 100%; min-width: 34rem; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .axis text, svg .small, svg .number { fill: var(--soft); font-size: 11px; }
.grid { stroke: var(--line); } .zero { stroke: var(--fault); stroke-width: 1.5; } .base, .lane-line { stroke: var(--line); }
.baseline path { fill: none; stroke: var(--soft); stroke-width: 7px; stroke-linecap: round; } .baseline .inside { stroke: var(--paper); stroke-width: 4px; }
.band { fill: var(--band); } .limit { stroke: var(--ink); stroke-dasharray: 5 3; stroke-width: 1.4; } .limit-word { font-size: 11px; }
.error { stroke: var(--soft); stroke-width: 1.6; } .error.open { stroke-dasharray: 3 3; }
.dots circle { r: 3.6px; } .dot, .dots circle { stroke: var(--paper); stroke-width: .8; fill: var(--dot); } .dot.fail { fill: var(--fail); } .dot.unknown { fill: var(--paper); stroke: var(--unknown); stroke-width: 2; }
a:focus-visible .dot, a:focus-visible circle { stroke: var(--ink); stroke-width: 2.5; } .hatched { fill: url(#hatch); } .unknown-mark { fill: var(--unknown); font-weight: 700; } #hatch path { stroke: var(--unknown); }
.bar.fault { fill: var(--fault); opacity: .75; } .bar.outage { fill: var(--outage); } .bar.degraded { fill: var(--degraded); }
.bar.open { stroke: var(--ink); stroke-dasharray: 3 2; } .tick { stroke: var(--ink); stroke-width: 1.6; } .cursor { stroke: var(--accent); stroke-width: 1.5; }
.curve { fill: none; stroke: var(--dot); stroke-width: 1.4; } .host { fill: var(--panel); stroke: var(--line); } .host-name { fill: var(--soft); }
.node { fill: var(--paper); stroke: var(--ink); } .wire, .segment { stroke: var(--soft); } .segment { stroke-width: 3; } .plug { fill: var(--ink); }
output { display: block; min-height: 1.4em; } svg.layout, svg.spark { max-width: none; }
@media (max-width: 30rem) { body { padding: .7rem; font-size: 15px; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } .repeat { flex-direction: column; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #333; --paper: #fff; --panel: #fff; --line: #999; --pass: #000; --fail: #000; --unknown: #000; --band: #ddd; --outage: #444; --degraded: #999; --fault: #777; --dot: #000; --accent: #000; }
  body { max-width: none; font-size: 10.5pt; padding: 0; } .screen { display: none; } .scroll { overflow: visible; }
  svg.strip, svg.lanes { min-width: 0; } svg, tr { break-inside: avoid; } h2, h3, h4 { break-after: avoid; }
  svg.layout { max-width: 100%; } details::details-content { content-visibility: visible; display: block; height: auto; } }
`;
