/// How the page looks: on a wide and a narrow screen, light and dark, and printed.
enum Stylesheet {
  static let text: StaticString = """
    :root{color-scheme:light dark;--bg:#fff;--panel:#f6f8fa;--text:#1b1f24;--quiet:#59636e;--line:#d4dae1;
    --bar:#5b8dc9;--throttled:#d9982b;--error:#c8413b;--band:#b9c6d4;--judged:#fdf0d5;--gap:#8e98a3;
    --critical:#9d1039;--high:#c8413b;--medium:#a9660b;--low:#20718f;--info:#5d6773}
    @media(prefers-color-scheme:dark){:root{--bg:#14181d;--panel:#1c2229;--text:#e4e8ec;--quiet:#9aa5b1;--line:#343d47;
    --bar:#5f93d2;--throttled:#dda540;--error:#e36a61;--band:#47566a;--judged:#3a3120;--gap:#6b7682;
    --critical:#f0617f;--high:#e8796f;--medium:#dfa84a;--low:#5fb3d1;--info:#98a3af}}
    *{box-sizing:border-box}
    body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:76rem;background:var(--bg);color:var(--text);
    font:16px/1.5 system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
    h1{font-size:1.65rem;line-height:1.25;margin:0 0 .25rem}
    h2{font-size:1.2rem;margin:2.75rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
    h3{font-size:1.02rem;margin:0;line-height:1.35}
    p{margin:.4rem 0}a{color:inherit}
    .quiet,.note{color:var(--quiet)}.note{font-size:.88rem}
    .warning{border-left:4px solid var(--throttled);background:var(--panel);padding:.6rem .9rem;margin:1rem 0}
    code,pre,.mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.85em}
    .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.25rem 0 0;padding:0}
    .facts div{background:var(--panel);border-radius:8px;padding:.7rem .9rem}
    .facts dt{color:var(--quiet);font-size:.82rem}.facts dd{margin:0;font-size:1.3rem;font-weight:600;line-height:1.3}
    .facts dd small{display:block;font-size:.8rem;font-weight:400;color:var(--quiet)}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
    th,td{text-align:left;padding:.38rem 1.1rem .38rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:normal;white-space:nowrap}
    th{color:var(--quiet);font-weight:500}
    td.number,th.number{text-align:right}td.long{overflow-wrap:anywhere;white-space:normal;min-width:9rem}
    .severity{font-size:.74rem;font-weight:700;letter-spacing:.04em;text-transform:uppercase;white-space:nowrap}
    .critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}.info{color:var(--info)}
    .fill-critical{fill:var(--critical)}.fill-high{fill:var(--high)}.fill-medium{fill:var(--medium)}.fill-low{fill:var(--low)}.fill-info{fill:var(--info)}
    figure{margin:.75rem 0}figcaption{color:var(--quiet);font-size:.85rem;margin-bottom:.3rem}
    svg{display:block;width:100%;background:var(--panel);border-radius:4px}
    .timeline{height:190px}.marks{margin-top:3px}.picture{height:96px}.scale{height:26px}
    .bar{fill:var(--bar)}.unusual{fill:var(--error)}.throttled{fill:var(--throttled)}.error{fill:var(--error)}
    .band{fill:var(--band)}.judged{fill:var(--judged)}.gap{fill:var(--gap);opacity:.35}.hover{fill:transparent}
    .grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
    .observed{fill:var(--error)}.middle{stroke:var(--text);stroke-width:2;vector-effect:non-scaling-stroke}
    .axis{position:relative;height:1.5em;color:var(--quiet);font-size:.78rem}
    .axis span{position:absolute;transform:translateX(-50%);white-space:nowrap}
    .ends{display:flex;justify-content:space-between;gap:1rem;color:var(--quiet);font-size:.78rem}
    .key{display:inline-block;width:.75em;height:.75em;border-radius:2px;margin:0 .3em 0 .9em}
    .key:first-child{margin-left:0}
    .key-bar{background:var(--bar)}.key-throttled{background:var(--throttled)}.key-error{background:var(--error)}
    .key-band{background:var(--band)}.key-gap{background:var(--gap);opacity:.5}
    .alert{border:1px solid var(--line);border-left:5px solid var(--line);border-radius:8px;padding:.9rem 1.1rem;margin:1rem 0}
    .alert.is-critical{border-left-color:var(--critical)}.alert.is-high{border-left-color:var(--high)}
    .alert.is-medium{border-left-color:var(--medium)}.alert.is-low{border-left-color:var(--low)}.alert.is-info{border-left-color:var(--info)}
    .alert header{display:flex;flex-wrap:wrap;gap:.15rem .8rem;align-items:baseline}
    .alert:target{outline:2px solid var(--bar);outline-offset:3px}
    .reason{margin:.5rem 0}
    .more{display:flex;flex-wrap:wrap;gap:.1rem 1.4rem;margin:.5rem 0 0;padding:0;font-size:.85rem}
    .more div{display:flex;gap:.4rem}.more dt{color:var(--quiet)}.more dd{margin:0}
    .evidence{margin:.5rem 0 0;font-size:.88rem}.evidence ul{margin:0;padding:0;list-style:none}
    .evidence .place{color:var(--quiet);font-size:.82rem;margin:.4rem 0 .1rem}
    .evidence li{border-top:1px solid var(--line);padding:.22rem 0;display:flex;gap:.9rem}
    .evidence li span{color:var(--quiet);font-size:.82em;white-space:nowrap;min-width:6.5em;text-align:right;padding-top:.1em}
    dl.list{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.3rem 1.2rem;margin:0;font-size:.92rem}
    dl.list dt{color:var(--quiet)}dl.list dd{margin:0}
    @media(max-width:40rem){body{padding:1.25rem .9rem 3rem}h1{font-size:1.35rem}.timeline{height:140px}table{font-size:.82rem}th,td{padding-right:.7rem}td.long{min-width:7rem}.axis .odd{display:none}
    .evidence li{display:block}.evidence li span{display:block;text-align:left}.ends span:nth-child(2){text-align:center}dl.list{grid-template-columns:1fr;gap:0}dl.list dd{margin-bottom:.5rem}.facts{grid-template-columns:repeat(2,1fr);gap:.5rem}}
    @media print{:root{color-scheme:light;--bg:#fff;--panel:#f4f6f8;--text:#000;--quiet:#444;--line:#bbb;--bar:#5b8dc9;--throttled:#d9982b;
    --error:#c8413b;--band:#b9c6d4;--judged:#fdf0d5;--gap:#8e98a3;--critical:#9d1039;--high:#c8413b;--medium:#a9660b;--low:#20718f;--info:#5d6773}
    @page{margin:14mm}
    body{max-width:none;padding:0;font-size:10.5pt}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    h2{break-after:avoid;margin-top:1.6rem}.alert header,.reason,figure,tr,.facts div,.evidence li{break-inside:avoid}.alert header{break-after:avoid}
    .scroll{overflow:visible}.evidence{font-size:8pt}.facts{grid-template-columns:repeat(5,1fr)}.facts dd{font-size:1.1rem}a{text-decoration:none}.timeline{height:150px}.picture{height:70px}
    table{font-size:8.5pt}th,td{padding-right:.6rem;white-space:normal}td.number,td.time{white-space:nowrap}thead{display:table-header-group}}
    """
}
