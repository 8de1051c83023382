// The style of every report.
#pragma once

#include <string_view>

namespace mlsys::report {

inline constexpr std::string_view style = R"css(
:root{--bg:#fff;--fg:#1c2430;--soft:#5b6675;--line:#dfe4ea;--card:#f6f8fa;--c1:#2563eb;--c2:#d97706;--c3:#059669;
--c4:#9333ea;--c5:#dc2626;--c6:#0891b2;--good:#047857;--goodbg:#ecfdf5;--bad:#b91c1c;--badbg:#fef2f2;--warn:#a16207;
--warnbg:#fefce8}
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--fg:#e4e9f0;--soft:#9aa6b5;--line:#2c3440;--card:#1a2029;
--c1:#60a5fa;--c2:#fbbf24;--c3:#34d399;--c4:#c084fc;--c5:#f87171;--c6:#22d3ee;--good:#6ee7b7;--goodbg:#0c2a20;
--bad:#fca5a5;--badbg:#331518;--warn:#fde047;--warnbg:#2b2509}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,
Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 20px 40px}
h1{font-size:26px;margin:0;line-height:1.25;overflow-wrap:anywhere}
h2{font-size:19px;margin:34px 0 8px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:14px;margin:0 0 6px;font-weight:600}
p{margin:6px 0 12px;max-width:78ch;overflow-wrap:anywhere}
.sub,footer,figcaption,caption,.x{color:var(--soft)}
.x{font-size:12px}
.verdict{font-weight:600;padding:10px 14px;border-radius:8px;border:1px solid var(--line);background:var(--card);
max-width:none;margin:18px 0}
.verdict.good{color:var(--good);background:var(--goodbg);border-color:currentColor}
.verdict.bad{color:var(--bad);background:var(--badbg);border-color:currentColor}
.verdict.warn{color:var(--warn);background:var(--warnbg);border-color:currentColor}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(158px,1fr));gap:12px;margin:16px 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px;overflow-wrap:anywhere}
.card .k{font-size:13px;color:var(--soft)}
.card .v{font-size:23px;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.3}
.card.good .v,td.good{color:var(--good)}
.card.bad .v,td.bad{color:var(--bad)}
.card.warn .v,td.warn{color:var(--warn)}
.card.muted .v,td.muted{color:var(--soft)}
.scroll{overflow-x:auto;margin:10px 0 16px}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:6px;font-size:13px}
th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;max-width:42ch;
overflow-wrap:break-word}
th{font-weight:600;color:var(--soft);font-size:13px;vertical-align:bottom}
th.num,td.num{text-align:right;padding-left:12px}td.num{white-space:nowrap}
td[style]{padding:8px 16px;border:1px solid var(--bg)}td[style] .x{color:inherit;opacity:.8}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:22px;margin:12px 0;align-items:start}
figure{margin:0;padding:14px;border:1px solid var(--line);border-radius:8px;max-width:640px;min-width:0}
figcaption{font-size:13px;margin-top:6px}
footer{margin-top:36px;padding-top:12px;border-top:1px solid var(--line);font-size:13px;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;font:11px system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;
font-variant-numeric:tabular-nums}
svg .t{fill:var(--soft)}svg .n{fill:var(--fg)}
svg .g{stroke:var(--line)}svg .a{stroke:var(--soft)}
svg path{fill:none;stroke-width:2;stroke-linejoin:round}svg line{stroke-width:1}
svg .d{stroke-dasharray:5 4;stroke-width:1.5}
svg line.l1,svg line.l2,svg line.l3,svg line.l4,svg line.l5,svg line.l6{stroke-width:2}
svg .l1{stroke:var(--c1)}svg .l2{stroke:var(--c2)}svg .l3{stroke:var(--c3)}svg .l4{stroke:var(--c4)}
svg .l5{stroke:var(--c5)}svg .l6{stroke:var(--c6)}
svg .b1{fill:var(--c1)}svg .b2{fill:var(--c2)}svg .b3{fill:var(--c3)}svg .b4{fill:var(--c4)}svg .b5{fill:var(--c5)}
svg .b6{fill:var(--c6)}svg .o{fill-opacity:.55}
@media print{:root{--bg:#fff;--fg:#000;--soft:#444;--line:#ccc;--card:#fff;--c1:#2563eb;--c2:#d97706;--c3:#059669;
--c4:#9333ea;--c5:#dc2626;--c6:#0891b2;--good:#047857;--goodbg:#fff;--bad:#b91c1c;--badbg:#fff;--warn:#a16207;
--warnbg:#fff}
body{font-size:11pt}main{max-width:none;padding:0}figure,tr,.card{break-inside:avoid}h2,h3{break-after:avoid}
.figures{grid-template-columns:1fr 1fr}.scroll{overflow:visible}*{-webkit-print-color-adjust:exact;
print-color-adjust:exact}}
)css";

}  // namespace mlsys::report
