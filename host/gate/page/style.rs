//! How the page looks: by day and by night, on a telephone, on paper.

pub(super) const CSS: &str = "
:root { --ground: #fff; --ink: #1c2430; --dim: #5d6878; --line: #d5dbe3; --cell: #f1f4f8;
  --in: #2f9e62; --over: #d6293e; --over2: #ffc9cf; --gap: #d98200; --unsure: #8a94a3; --unsure2: #dfe3e8; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --ink: #e6eaf0; --dim: #98a3b3; --line: #333c49; --cell: #1d232c;
  --in: #3fbf7a; --over: #ff5468; --over2: #5a1620; --gap: #f2a33a; --unsure: #7d8796; --unsure2: #39414d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
p { margin: .3rem 0 .8rem; } .where { color: var(--dim); }
code { font: .9em ui-monospace, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
ul.counts { display: flex; flex-wrap: wrap; gap: .7rem; list-style: none; margin: 1rem 0; padding: 0; }
ul.counts li { border: 1px solid var(--line); border-left: .4rem solid var(--line); border-radius: .4rem; padding: .4rem .9rem; }
ul.counts .number { display: block; font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; }
ul.counts .name { color: var(--dim); }
ul.counts li.in { border-left-color: var(--in); } ul.counts li.over { border-left-color: var(--over); }
ul.counts li.gap { border-left-color: var(--gap); } ul.counts li.unsure { border-left-color: var(--unsure); }
p.verdict { font-size: 1.15rem; font-weight: 600; }
svg.overview { display: block; width: 100%; max-width: 42rem; height: auto; }
svg.strip { display: block; width: 100%; height: 34px; border: 1px solid var(--line); border-radius: .2rem; }
rect.cell { fill: var(--cell); } rect.in { fill: var(--in); } rect.over { fill: url(#hatch); stroke: var(--over); stroke-width: .6; }
rect.gap { fill: var(--ground); stroke: var(--gap); stroke-width: 2; stroke-dasharray: 3 1.5; } rect.unsure { fill: url(#dots); }
.over-ground { fill: var(--over2); } .over-line { fill: var(--over); }
.unsure-ground { fill: var(--unsure2); } .unsure-dot { fill: var(--unsure); }
text.octet { font: 11px ui-monospace, 'DejaVu Sans Mono', monospace; text-anchor: middle; fill: var(--ink);
  paint-order: stroke; stroke: var(--ground); stroke-width: 2.5px; stroke-opacity: .75; }
ul.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; list-style: none; padding: 0; }
ul.legend svg { vertical-align: -2px; }
figure { margin: .9rem 0; break-inside: avoid; } figure.level16 { margin-left: 1.2rem; } figure.level24 { margin-left: 2.4rem; }
figcaption { margin-bottom: .15rem; } p.ends { display: flex; justify-content: space-between; margin: .1rem 0 0;
  font: .75rem ui-monospace, 'DejaVu Sans Mono', monospace; color: var(--dim); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
td code { display: inline-block; min-width: 15rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); }
.right { text-align: right; font-variant-numeric: tabular-nums; }
p.networks { font: .9rem/1.7 ui-monospace, 'DejaVu Sans Mono', monospace; } p.networks span { margin-right: .8em; white-space: nowrap; }
@media (max-width: 40rem) { body { padding: .8rem; } figure.level16, figure.level24 { margin-left: 0; } text.octet { font-size: 13px; } }
@media print { body { max-width: none; } details { display: block; } }
";
