/** Style of the guest page. Colours have a contrast of at least 4.5 : 1; targets are at least 44 pixels high. */
export const STYLE = `:root{color-scheme:light;--ink:#1c2330;--soft:#525c6e;--line:#e2e5ea;--blue:#0b57d0;--red:#b3261e;--green:#146c2e;--amber:#7a4f01}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:var(--ink)}
main{max-width:36rem;margin:0 auto;padding:1rem}
.unseen{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.card{background:#fff;border-radius:.75rem;box-shadow:0 1px 4px #0002;padding:1.25rem}
h1{font-size:1.35rem;line-height:1.25;margin:0}
h1:focus{outline:none}
.code{color:var(--soft);margin:.15rem 0 1rem}
.status{display:inline-block;margin:0;padding:.2rem .7rem;border-radius:1rem;font-weight:600;background:#eef0f3;color:var(--soft)}
.status.WAITING{background:#fff3d6;color:var(--amber)}
.status.GOOD{background:#e2f5e7;color:var(--green)}
.note{margin:.75rem 0 0;text-wrap:pretty}
.left{margin:.75rem 0 0;font-weight:600;font-variant-numeric:tabular-nums}
h2{font-size:1rem;margin:1.5rem 0 .25rem}
dl{margin:0}
dl div{display:flex;gap:.25rem 1rem;justify-content:space-between;padding:.45rem 0;border-bottom:1px solid var(--line)}
dt{color:var(--soft);flex:none}
dd{margin:0;text-align:right;text-wrap:balance;min-width:0;overflow-wrap:anywhere}
.money dt{flex:0 1 auto}
.money dd{flex:none;white-space:nowrap;font-variant-numeric:tabular-nums}
.money div.due{font-weight:600}
.money div.due dt{color:var(--ink)}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem}
.actions:empty{display:none}
button{min-height:2.75rem;padding:.5rem 1.2rem;font:inherit;font-weight:600;border:1px solid var(--soft);border-radius:.5rem;background:#fff;color:var(--ink);cursor:pointer}
button.PAY{border-color:var(--blue);background:var(--blue);color:#fff;flex:1 1 100%}
button.CANCEL{border-color:var(--red);color:var(--red)}
button[aria-disabled=true]{opacity:.6;cursor:default}
button:focus-visible,a:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
.problem{background:#fdeceb;color:#8c1d18;border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0 0}
footer{color:var(--soft);margin:1rem .25rem;font-size:.9rem}
footer a{display:inline-block;padding:.6rem 0}
a{color:var(--blue)}
@media (min-width:40rem){main{padding:2.5rem 1rem}.card{padding:2rem}button.PAY{flex:0 1 auto}}`;
