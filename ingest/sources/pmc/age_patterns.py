"""How case reports write ages, gestation and days of life, as patterns; `ingest.sources.pmc.ages` reads them.

The groups mean the same in all of them: `number` and `unit` are the age, `more` is what smaller units add to it ("and 3
months"), `low` and `high` are the ends of a range, `nth` is an ordinal. `AFTER_PERSON`, `PERSON_IN_NTH_DECADE` and
`PERSON_BETWEEN` match behind a `PERSON`.
"""

from __future__ import annotations

import re

from ingest.sources.pmc.numbers import DASH, DECADES, NUMBER, ORDINALS

_YEARS = r"(?:years?|yrs?|y)"
_MONTHS = r"(?:months?|mths?|mos?)"
_DAYS = r"(?:weeks?|wks?|days?)"
_UNIT = rf"(?:years?|yrs?|{_MONTHS}|{_DAYS}|hours?|hrs?)"
_JOIN = rf"(?:\s|{DASH}){{0,3}}"
_SEXED = r"(?:(?:fe)?male|(?:gentle|wo)?man|(?:school)?boy|(?:school)?girl|lady|housewife)"
_ONE_PATIENT = (
    rf"(?:{_SEXED}|infant|baby|child|newborn|neonate|patient|toddler|adolescent|teenager|adult|person|individual|youth"
    r"|(?:primi|multi)?gravida|(?:primi|multi)para)"
)
_PERSON = rf"(?:{_ONE_PATIENT}|nurse|farmer|student|worker|athlete)"
_PERSON = rf"(?:(?:{_ONE_PATIENT}|nurse|farmer|student|worker|athlete)s?|(?:gentle|wo)?men|babies|children|ladies)"
_NOT_BETWEEN = (
    r"(?!(?:history|follow|duration|period|course|interval|survival|of|after|before|later|ago|prior"
    r"|the|and|for|with|in)\b)"
)
_BETWEEN = rf"(?:{_NOT_BETWEEN}[\w/'’\-\u2010\u2011]{{1,25}},?\s+){{0,4}}?"
_NUMBER_START = rf"(?<![\w.,/%–\-\u2010\u2011])(?P<number>{NUMBER})"
_ABOUT = r"(?:(?:about|approximately|around|nearly|almost|only|just)\s)?"
_AND = rf"{_JOIN}(?:,?\sand|,|and|&)?{_JOIN}"
_NO_TIME_SINCE = r"(?!\s(?:after|before|later|ago|prior|earlier|previously|post\w*|pregnant|history)\b)"
_AFTER_YEARS = r"(?:(?<=year)|(?<=years)|(?<=yr)|(?<=yrs)|(?<=y))"
_MORE = (
    rf"(?P<more>(?:{_AFTER_YEARS}{_AND}{NUMBER}{_JOIN}(?:{_MONTHS}|m)\b{_NO_TIME_SINCE})?"
    rf"(?:{_AND}{NUMBER}{_JOIN}(?:{_DAYS}|d)\b{_NO_TIME_SINCE})?)"
)
PART = re.compile(rf"(?P<number>{NUMBER}){_JOIN}(?P<unit>[mwd])", re.IGNORECASE)
_CAME = (
    r"(?:who|presented|presents|admitted|attended|came|complained|was|is|had|has|with|underwent|developed|visited|referred"
    r"|consulted|suffered|a|an|from|married|known)"
)
_NOTHING_MORE = rf"(?=\s*(?:$|[,.;)\n](?!\s?\d))|\s{_CAME}\b)"

OLD = re.compile(
    rf"{_NUMBER_START}\+?{_JOIN}(?P<unit>{_UNIT}|y|[mwdh](?={_JOIN}old)){_MORE}"
    rf"(?:\.?(?:['’]s?)?{_JOIN}(?:old\b|o\b)|\.? of age\b|\s?/\s?(?:(?-i:[MF])|(?:fe)?male)\b)",
    re.IGNORECASE,
)
BEFORE_PERSON = re.compile(
    rf"(?:(?<=\ban\s)|(?<=\ba\s)|(?<![^.\n]\s)|(?=\S{{1,40}}{DASH}y))"
    rf"{_NUMBER_START}{_JOIN}(?P<unit>{_UNIT}|y){_MORE},?(?:\s|{DASH})+{_BETWEEN}{_PERSON}\b",
    re.IGNORECASE,
)
APPOSED = re.compile(
    rf"(?<=[,(])\s?(?P<number>{NUMBER})\s(?P<unit>{_UNIT}){_MORE}"
    r"(?=,? (?:who|presented|admitted|attended|came|complained|was|with|married|male|female)\b|[,)]\s?(?:fe)?male\b"
    r"|,\s(?:who|presented|was|came|complained|attended|admitted|with|a|an|from|married|known)\b)",
    re.IGNORECASE,
)
PERSON = re.compile(
    r"\b(?=[a-z][acdehinortu])"  # a quick look at two letters; the words take five times as long
    rf"(?<!any\s)(?<!each\s)(?<!every\s)(?<!when\s)(?<!until\s)(?:(?:fe)?male\s)?(?:{_ONE_PATIENT}|s?he)(?=,?\s)",
    re.IGNORECASE,
)
_OF_SEX = r"(?:(?<=man)|(?<=male)|(?<=male\spatient)|(?<=boy)|(?<=girl)|(?<=lady)|(?<=housewife))"
_AFTER_PERSON = (
    rf"\sof\s{_ABOUT}(?P<number>{NUMBER})(?![\d.,]*\d|\s?[%/]){_JOIN}(?P<unit>{_UNIT})\b{_MORE}"
    r"(?:\sof age)?(?!['’]|\s(?:duration|standing|experience|evolution|survival)\b)",
    rf"{_OF_SEX}\sof\s{_ABOUT}(?P<number>{NUMBER})(?!\d){_NOTHING_MORE}",  # "second child of three" tells no age
    rf",\s(?P<number>{NUMBER}){_JOIN}(?P<unit>{_YEARS})\b{_MORE}{_NOTHING_MORE}",
    rf",\s(?P<number>\d{{1,3}})(?=,\s{_CAME}\b)",
    rf"{_OF_SEX}\s\((?P<number>{NUMBER}){_JOIN}(?P<unit>{_YEARS})\b{_MORE}(?=\))",
    rf"{_OF_SEX}\s\((?P<number>1[6-9]|[2-9]\d)(?=\)\s{_CAME}\b)",  # lower ones are mostly references
    rf"\s(?:is|was)\s(?:now\s)?(?P<number>{NUMBER}){_JOIN}(?P<unit>{_YEARS})\b{_MORE}"
    r"(?=\s*(?:$|[,.;)\n])|\s(?:at|and|with)\b)",
)
AFTER_PERSON = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _AFTER_PERSON)
AGED = re.compile(
    rf"\b(?P<lead>(?:at |by |since |from |until |before |after |around )?(?:(?:the|an|his|her) )?age[ds]?(?: of"
    rf"| was| is)?(?:\s\((?:in )?{_YEARS}\))?(?:\s?[:,=]|\s{DASH}(?=\s))?)"
    rf"\s*{_ABOUT}(?P<number>{NUMBER})(?![\d.,]*\d|\s?%|/\d)(?:{_JOIN}(?P<unit>{_UNIT}|y)\b{_MORE})?",
    re.IGNORECASE,
)
AGED_NOW = re.compile(
    r"(?:(?:the|an|his|her) )?age(?:d|s)?(?: was| is)?(?:\s\([^)]+\))?(?:\s?[:,=]|\s\W)?$|age of$", re.IGNORECASE
)
AGED_IN_PARTS = re.compile(
    r"\b(?:aged?:?\s(?P<number>\d{1,2})/(?P<parts>12|52|7)\b|(?<![\d/])(?P<number2>\d{1,2})/(?P<parts2>12|52|7)"
    rf"{_JOIN}(?:old|of\sage)\b)",
    re.IGNORECASE,
)
UNIT_OF_PARTS = {"12": "m", "52": "w", "7": "d"}
"""British notes write months as twelfths of a year, weeks as 52nds, and days as sevenths of a week."""

UNIT_OLD = re.compile(
    rf"\b(?=[dwmy])(?:(?<=\ba\s)|(?<=\bthe\s)|(?<=\bthis\s)|(?<=\bour\s))(?P<unit>day|week|month|year){DASH}old\b",
    re.IGNORECASE,
)
SHORT = re.compile(
    r"(?<![\w.,/%–-])(?:(?P<number>\d{1,3})(?P<unit>\s?(?:-\s?)?(?:[yY]\.?\s?/?\s?[oO]\.?)(?!\w))(?:\s?/?[mf]\b)?"
    r"|(?P<sexed>\d{1,3})\s?/?\s?[MF]\b(?=,? (?:with|who|was|is|present|admitted|had|c/o|came|complain|referred"
    r"|diagnosed|w/\s))"
    r"|\b[MF](?:/|,?\s(?=\d{1,3}\s?y))(?P<slashed>\d{1,3})(?!\d)"
    r"|(?P<slash>\d{1,3})\s?/\s?(?:[MF]|(?:[Ff]e)?[Mm]ale)\b)"
)
_PART_OF_DECADE = rf"(?:(?P<part>early|mid|middle|late)(?:\s|{DASH}|[- ]to[- ]late\s))?"
IN_DECADE = re.compile(
    rf"\b(?:in|mid|early|late)(?:\s|{DASH})(?:(?:his|her|their|the)\s)?{_PART_OF_DECADE}"
    rf"(?:(?P<tens>[1-9]0)['’]?s\b|(?P<word>{'|'.join(DECADES)})\b)",
    re.IGNORECASE,
)
_NTH = rf"(?P<nth>{'|'.join(ORDINALS)}|\d{{1,3}}(?=st|nd|rd|th))(?:st|nd|rd|th)?"
_NTH_DECADE = rf"\s{_PART_OF_DECADE}{_NTH}\sdecade\b(?:\sof\s(?:(?:his|her|their)\s)?life\b)?"
IN_NTH_DECADE = re.compile(rf"\bin\s(?:his|her){_NTH_DECADE}", re.IGNORECASE)
_WHO_IS = r",?\s(?:who\s)?(?:(?:was|is)\s)?"
PERSON_IN_NTH_DECADE = re.compile(rf"{_WHO_IS}in\s(?:the|their){_NTH_DECADE}", re.IGNORECASE)
PERSON_BETWEEN = re.compile(
    rf"{_WHO_IS}(?:aged?\s(?:between\s|from\s)?|between\s(?=\d+\sand\s\d+\s?years?\s(?:of\sage|old)\b))"
    rf"(?P<low>\d{{1,3}})(?:\syears)?(?:\s?{DASH}\s?|\s(?:to|and)\s)(?P<high>\d{{1,3}})(?![\d.]*\d|\s?%)"
    rf"(?:{_JOIN}(?P<unit>{_UNIT})\b(?:\sof\sage|{_JOIN}old\b)?)?",
    re.IGNORECASE,
)
ARIANS = {"sexagenarian": 60, "septuagenarian": 70, "octogenarian": 80, "nonagenarian": 90, "centenarian": 100}
ARIAN = re.compile(rf"\b(?:{'|'.join(ARIANS)})\b", re.IGNORECASE)
NEWBORN = re.compile(
    r"\b(?:newborn|neonate)\b(?! (?:screening|period|unit|intensive|care|nursery|with good|of good))", re.IGNORECASE
)
_OF_LIFE = r"\sof\slife\b(?![\s-](?:support|expectancy|threat|sav))"
DAY_OF_LIFE = (
    re.compile(
        rf"{_NUMBER_START}{_JOIN}(?P<unit>{_MONTHS}|{_DAYS}|hours?|hrs?|[hd]){_OF_LIFE}"
        rf"|(?:(?<=\bon\s)|(?<=\bat\s))(?:the|his|her)\s{_NTH}\s(?P<nth_unit>day|hour){_OF_LIFE}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:(?P<unit>day|hour)\s(?P<number>\d{{1,3}}){_OF_LIFE}"
        rf"|(?:(?P<named>day)[\s-]of[\s-]life|DOL)(?:\s\(DOL\))?\s?#?(?P<nth>\d{{1,3}})\b(?P<nth_unit>))",
        re.IGNORECASE,
    ),
)
_WEEKS = (
    rf"\d{{1,2}}(?:\s?\+\s?\d(?:/7)?|\s[0-6]/7)?{_JOIN}(?:weeks?|wks?|months?)['’]?(?:\s(?:(?:\+|and|&)\s?)?\d\sdays?)?"
)
_PREGNANCY = (
    rf"{_JOIN}(?:(?:of |period of )?(?:gestation|pregnan|amenorrh)|gravid|preterm|premature\b"
    r"|(?:(?:in)?to (?:her|the|an?) )(?:\w+ ){0,2}pregnan)"
)
GESTATION = re.compile(
    rf"(?<![\d/]){_WEEKS}{_PREGNANCY}"
    rf"|(?:gestational age(?: (?:of|was|at))?(?: birth)?(?: was| of)?|\bGA(?: of)?) "
    rf"\d{{1,2}}(?:\s?\+\s?\d)?{_JOIN}(?:weeks?|wks?)"
    rf"|\b(?:born|birth|deliver(?:y|ed)|preterm|premature(?:ly)?|section)(?:\s[a-z]+){{0,3}}?(?:\sat\s|\s\(){_ABOUT}"
    rf"(?P<at_birth>(?=[2-4]\d){_WEEKS})\b(?!{_PREGNANCY}|\s(?:of|old|post\w*|interval|later|follow\w*|earlier)\b)",
    re.IGNORECASE,
)
GESTATION_PARTS = re.compile(
    rf"(?P<number>\d{{1,2}})(?:\s?\+\s?(?P<plus>\d)(?:/7)?|\s(?P<sevenths>[0-6])/7)?{_JOIN}"
    r"(?P<unit>w(?:ee)?ks?|months?)['’]?(?:\s(?:(?:\+|and|&)\s?)?(?P<days>\d)\sdays?)?",
    re.IGNORECASE,
)
GROUP_BEFORE = re.compile(
    r"(?:\b(?:mean|median|average|over|under|above|below|than|between|to|from|within|range|ranging|ranged|exceeding"
    r"|minimum|maximum|least|until|up to|(?:patients|adults|children|people|individuals|women|men|those|persons"
    r"|subjects)"
    r"(?: who (?:are|were))?)\b[\s:,]*(?:(?:age[ds]?|of|the|an|was|is|were|at|patient)\s+){0,4}|[<>≤≥±~]\s?"
    r"|\d\s?[–-]\s?)$",
    re.IGNORECASE,
)
_THING = (
    r"(?:wound|ha?ematoma|fracture|dislocation|rupture|scar|injury|lesion|clot|thrombus|infarct(?:ion)?|burn|ulcer|f(?:o?e)tus"
    r"|embryo|graft|stent|implant|pacemaker|prosthesis|fistula)"
)
GROUP_AFTER = re.compile(
    rf"\s*(?:[–\-]|to|and)\s*\d{{1,3}}\s*(?:years?|months?)|(?:{DASH}|\sto\s)\d{{1,3}}\b(?!\.\d)"
    r"|\s*(?:years?\s*)?(?:and|or) (?:over|older|above|younger|under|more|below)\b"
    rf"|\s*\(?(?:range|interquartile|SD|IQR)\b|\s*±|{_JOIN}(?:follow|history)"
    rf"|\s(?:(?:left|right|healed|neglected|old|chronic|subdural)\s)?{_THING}s?\b(?!\s(?:patient|victim|survivor)\b)",
    re.IGNORECASE,
)
NO_AGE_BEFORE = re.compile(r"\b(?:first|last|next|remaining|every|each|for)\s$", re.IGNORECASE)
EARLIER_BEFORE = re.compile(
    r"\b(?:at|since|until|till|from|by|before|after|when (?:s?he|they|the patient) (?:was|were|turned)|(?:s?he"
    r"|who) had been"
    r"|as an?|first at|birth,|onset (?:was )?at)\s+(?:(?:the )?age of |age |only |about |around |approximately )?$",
    re.IGNORECASE,
)
