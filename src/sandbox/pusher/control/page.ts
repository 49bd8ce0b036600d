import type { Connection } from '../world/hub.ts';
import type { Published } from '../world/publications.ts';
import type { World } from '../world/world.ts';

/** Number of publications on the page: a page that is still quick to read. */
const SHOWN_PUBLICATIONS = 50;

/** Renders connections and the latest publications for a person; the page reloads every three seconds. */
export function renderPage({ app, hub, publications, faults }: World): string {
  const connections = [...hub.connections].map(renderConnection);
  const published = publications.latest(SHOWN_PUBLICATIONS).map(renderPublished);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3">
<title>Pusher sandbox</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1f36; background: #f6f8fa; margin: 0; padding: 1.5rem; }
main { max-width: 70rem; margin: auto; }
.test { display: inline-block; background: #ffe8b3; color: #5c3d00; border-radius: .3rem; padding: 0 .5rem; font-size: .8rem; }
table { width: 100%; border-collapse: collapse; background: #fff; border: 1px solid #dde2ea; }
th, td { text-align: left; vertical-align: top; border-top: 1px solid #eef1f5; padding: .35rem .6rem; }
td.raw { font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<span class="test">Sandbox: nothing leaves this machine</span>
<h1>Pusher app ${escape(app.appId)}</h1>
<p>App key: ${escape(app.key)}. Injected faults: ${escape(JSON.stringify(faults.describe()))}</p>
<h2>Open connections (${String(connections.length)})</h2>
${renderTable(['Socket', 'Connected since', 'Channels'], connections)}
<h2>Latest events</h2>
${renderTable(['Time', 'Channel', 'Event', 'Data'], published)}
</main>
</body>
</html>
`;
}

function renderConnection({ socketId, since, channels }: Connection): string {
  return renderRow([socketId, since.toISOString(), [...channels].join(' ')]);
}

function renderPublished({ at, channel, name, data }: Published): string {
  return renderRow([at, channel, name, data]);
}

function renderRow(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td class="raw">${escape(cell)}</td>`).join('')}</tr>`;
}

function renderTable(headings: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return '<p>None yet.</p>';
  return `<table><tr>${headings.map((heading) => `<th>${heading}</th>`).join('')}</tr>${rows.join('\n')}</table>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
