"""Texts that would do something where they are shown: links, images, scripts, formulas, terminal codes.

Written for these tests; three hundred by putting each into several surroundings.
"""

from __future__ import annotations

_U = "evil.invalid"

MARKDOWN = (
    f"![x](https://{_U}/a.png)",
    f"![x](//{_U}/a.png 'title')",
    f"[click](https://{_U})",
    "[click](javascript:alert(1))",
    f"[click](<https://{_U}/a b>)",
    f"[click][ref]\n\n[ref]: https://{_U}",
    f"<https://{_U}>",
    f"<someone@{_U}>",
    f"https://{_U}/?q=leak",
    f"www.{_U}",
    "# heading",
    "```\ncode\n```",
    "| a | b |\n|---|---|\n| c | d |",
    "> quoted label: reviewed",
    "- [x] signed",
    "**Reviewed by Dr. Evil**",
    "$$\\href{https://evil.invalid}{x}$$",
    ":material/verified: :red[signed]",
    "[^1]\n\n[^1]: a note",
    "a\\\nb  \nc",
)
HTML = (
    "<script>alert(1)</script>",
    f"<img src=https://{_U}/a.png onerror=alert(1)>",
    f"<a href='https://{_U}'>x</a>",
    f"<iframe src='https://{_U}'></iframe>",
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    f"<link rel=stylesheet href=https://{_U}/a.css>",
    f"<meta http-equiv=refresh content='0;url=https://{_U}'>",
    f"<form action=https://{_U}><input name=a></form>",
    "<!-- comment --><b>bold</b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<para backColor='red'>x</para>",
    f'<a href="https://{_U}" color="blue">x</a><br/>',
    "]]><![CDATA[<b>x</b>",
    "</div></span></li></ul><h1>Signed</h1>",
)
FORMULAS = (
    f'=HYPERLINK("https://{_U}","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    f'=IMPORTXML("https://{_U}","//a")',
)
TERMINAL = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    f"\x1b]8;;https://{_U}\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H",
    "\x9b31mred",
    "a\x08\x08\x08b",
    "line\rover",
    "null\x00byte",
    "[red]rich markup[/red] [link=https://evil.invalid]x[/link]",
)
UNSEEN = (
    "zero\u200bwidth\u200cjoin\u200der",
    "\u202eright to left\u202c",
    "\u2066isolate\u2069",
    "soft\u00adhyphen",
    "\ufeffbyte order mark",
    "tag\U000e0041\U000e0042",
    "private\ue000use",
    "line\u2028separator\u2029",
    "vertical\x0btab\x0cfeed\x85next",
    "variation\ufe0fselector",
)
BASIC = (*MARKDOWN, *HTML, *FORMULAS, *TERMINAL, *UNSEEN)
_SURROUNDINGS = ("{}", "Mass. {}", "{} No edema.", "({})", "\n{}\n")
ACTIVE_TEXTS = tuple(around.replace("{}", text) for text in BASIC for around in _SURROUNDINGS)
