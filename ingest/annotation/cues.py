"""The words that say whether a finding is there, and on which side: cues for `ingest.annotation.assertion`.

After ConText (Harkema et al., J Biomed Inform 2009) and NegEx (Chapman et al., J Biomed Inform 2001), with
words chosen for radiology. Cues are written without hyphens, as `ingest.concepts.phrases.fold` leaves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product

from ingest.concepts.phrases import PhraseBook
from ingest.vocabulary import Assertion, Laterality


class Role(StrEnum):
    """What a cue does to the mentions around it."""

    BEFORE = "before"  # speaks of what follows
    AFTER = "after"  # speaks of what precedes
    BOTH = "both"
    PSEUDO = "pseudo"  # looks like a cue and is none
    BREAK = "break"  # ends every scope
    SOFT_BREAK = "soft break"  # ends the scope of uncertainty and history, not of negation


@dataclass(frozen=True)
class Cue:
    """A role and what it asserts; `assertion` None means that the text asserts nothing of this patient."""

    role: Role
    assertion: Assertion | None = None
    reach: int | None = None  # characters; None is to the end of the scope
    of_one: bool = False  # "absent X and Y" speaks of X alone, "absence of X or Y" of both
    yields: bool = False  # gives way to a negation still in force: "no lesion to suggest a tumor"


_NO = Cue(Role.BEFORE, Assertion.ABSENT)
_MAYBE = Cue(Role.BEFORE, Assertion.UNCERTAIN)
_HAD = Cue(Role.BEFORE, Assertion.HISTORICAL)
_NEAR = 40  # an adjective speaks of its own noun phrase only
_NOUN_PHRASE_MAYBE = Cue(Role.BEFORE, Assertion.UNCERTAIN, _NEAR)
_NOUN_PHRASE_HAD = Cue(Role.BEFORE, Assertion.HISTORICAL, _NEAR)
_ABSENT = Cue(Role.BEFORE, Assertion.ABSENT, _NEAR, of_one=True)
_SUGGESTED = Cue(Role.BEFORE, Assertion.UNCERTAIN, yields=True)
_NOT_AFTER = Cue(Role.AFTER, Assertion.ABSENT)
_MAYBE_AFTER = Cue(Role.AFTER, Assertion.UNCERTAIN)
_HAD_AFTER = Cue(Role.AFTER, Assertion.HISTORICAL)

_BEFORE: dict[Cue, tuple[str, ...]] = {
    _NO: (
        "no", "not", "without", "w/o", "nor", "neither", "never", "none of", "negative for", "free of",
        "lack of", "lacks", "lacking", "no evidence of", "no evidence for", "no sign of", "no signs of",
        "no definite", "no obvious", "no suspicious", "no history of", "no known", "denies", "denied", "devoid of",
        "fails to show", "failed to show", "failed to reveal", "excludes", "excluded", "no longer has", "cannot see",
        "with no", "there is no", "there are no", "there was no", "no apparent", "no visible", "unremarkable for",
        "ruled out for", "argues against", "no prior", "no previous", "no past", "no longer",
        "without evidence of", "without evidence for", "without any", "without definite", "without a history of",
        "no clear", "no findings of", "no findings suggestive of", "no convincing", "not likely", "no past history of",
        "negative history of", "no family history of", "neg for", "does not have", "did not have", "rules out",
    ),
    _ABSENT: ("absent", "loss of", "absence of"),
    Cue(Role.BEFORE, Assertion.ABSENT, 3): ("non",),
    _SUGGESTED: (
        "to suggest", "to indicate", "suggestive of", "suspicious for", "concerning for", "worrisome for",
        "indicative of", "suggestion of", "suggestion that",
    ),
    _MAYBE: (
        "may represent", "might represent", "could represent", "may be", "might be", "could be", "may reflect",
        "may have", "may indicate", "may suggest", "suspected", "suspicion of", "suspicion for", "could have",
        "concern for", "concern about", "concern of", "differential considerations",
        "differential considerations include", "considerations include", "main differential", "suggesting",
        "suggests", "suggest", "favored to represent", "favored to be", "favoring",
        "felt to represent", "felt to be", "thought to represent", "thought to be", "believed to represent",
        "could not exclude", "could not rule out", "does not exclude", "do not exclude", "not exclude",
        "unable to exclude", "difficult to exclude", "cannot entirely exclude", "cannot completely exclude",
        "not allow for differentiation of", "cannot differentiate", "unable to differentiate", "cannot distinguish",
        "difficult to differentiate", "difficult to distinguish", "in the differential", "looking for", "query",
        "question of", "questionable", "rule out", "r/o", "to exclude", "evaluate for", "evaluation for",
        "evaluated for", "assess for", "cannot exclude", "can not exclude", "cannot rule out", "not rule out",
        "differential includes", "differential diagnosis includes", "differential diagnosis", "ddx", "versus", "vs",
        "probably", "probable", "presumed", "presumably", "likely", "most likely", "likely due to", "likely from",
        "likely represents", "likely representing", "possibly due to", "probably due to", "likely secondary to",
        "if", "if there is", "if there are", "if there was", "if there were", "whether", "should",
        "such as", "in the case of", "risk of", "risk for", "risk factor for", "at risk for",
        "predisposed to", "can cause", "may cause", "can be", "can have", "can show", "may show", "can present",
        "may present", "can lead to", "may lead to", "can", "may", "might", "could", "would", "usually", "typically",
        "commonly", "often", "frequently", "sometimes", "occasionally", "rarely", "in general", "generally",
        "patients with", "some cases", "in cases of", "most cases", "complications include", "symptoms include",
        "treatment of choice", "is indicated", "not necessarily", "not certain if", "mimic", "mimics", "mimicking",
    ),
    _NOUN_PHRASE_MAYBE: (
        "possible", "possibly", "potential", "potentially", "perhaps", "questioned", "impending", "suspicious",
    ),
    _HAD: (
        "history of", "history is significant for", "history significant for", "history includes", "h/o", "hx of",
        "past medical history", "past surgical history", "pmh", "pmhx", "psh", "history notable for",
        "medical history", "surgical history", "known history of", "previously treated for",
        "previously diagnosed with",
    ),
    _NOUN_PHRASE_HAD: (
        "status post", "s/p", "prior", "previous", "previously", "remote", "old", "healed",
        "resolution of", "resolving", "interval resolution of", "in the past", "past",
    ),
    Cue(Role.BEFORE, None): (
        "family history of", "family history is significant for", "family history significant for", "family hx of",
        "fh of", "family history", "family hx", "fhx",
    ),
    # "no new mass" says neither that there is none nor that there is one
    Cue(Role.BEFORE, None, _NEAR): ("no new", "no other", "no further", "no additional", "without new"),
}  # fmt: skip
_VERBS = ("is ", "are ", "was ", "were ", "has been ", "have been ")
_AFTER: dict[Cue, tuple[str, ...]] = {
    _NOT_AFTER: (
        "not seen", "not present", "not identified", "not visualized", "not demonstrated", "not evident",
        "not noted", "not appreciated", "not detected", "not found", "not observed", "not apparent", "ruled out",
        "not performed", "not given", "not done", "no longer seen", "no longer present",
        "no longer visible",
    ),
    _MAYBE_AFTER: (
        "not excluded", "not ruled out", "not entirely excluded", "not completely excluded", "not definitely excluded",
        "in question", "not certain", "on the differential", "in the differential", "difficult to exclude",
        "difficult to rule out", "hard to exclude",
    ),
    _HAD_AFTER: ("resolved", "now resolved", "years ago", "months ago", "in the past", "years earlier", "years prior"),
}  # fmt: skip
# These come before the noun too ("possible mass"), so only with a verb do they speak of what precedes.
_AFTER_VERB: dict[Cue, tuple[str, ...]] = {
    _NOT_AFTER: ("absent", "excluded"),
    _MAYBE_AFTER: (
        "possible", "suspected", "considered", "also considered", "likely", "unlikely", "less likely", "more likely",
        "questionable", "recommended", "planned",
        "presumed",
    ),
}  # fmt: skip
_AFTER_PLAIN = {
    _MAYBE_AFTER: (
        *(
            f"{cannot} {be} {way}{excluded}"
            for cannot, be, way, excluded in product(
                ("cannot", "can not", "could not", "can't", "couldn't"),
                ("be", "have been"),
                ("", "entirely ", "completely ", "definitely ", "definitively ", "totally "),
                ("excluded", "ruled out"),
            )
        ),
        "should be excluded", "must be ruled out", "should be ruled out", "needs to be excluded",
        "has not been excluded", "have not been excluded", "has not been ruled out", "should be considered",
        "may be considered",
        "could be considered", "must be excluded", "remains possible", "is a possibility",
    ),
    _NOT_AFTER: ("has resolved completely", "declined", "was refused", "has disappeared", "have disappeared"),
    _HAD_AFTER: ("has resolved", "have resolved"),
}  # fmt: skip
_PSEUDO = (
    "no change", "no changes", "no interval change", "no significant change", "no significant interval change",
    "without change", "without significant change", "no increase", "no decrease", "not only", "not as",
    "not exactly", "not specific for", "not specific to", "not typical for", "not typical of", "can be seen",
    "can be identified", "can be appreciated", "can be visualized", "can be noted", "you can see", "one can see",
    "whether the", "whether this", "if the", "if this", "suggests this", "suggests the", "suggests that the",
    "suggests that this", "presents with a history of", "presented with a history of", "presenting with a history of",
    "presents with history of", "presented with history of", "no longer than", "not uncommon", "not unlike",
    "without difficulty", "not just", "gram negative", "not change", "no doubt", "not limited to", "not increased",
    "prior to", "as old as", "year old", "years old", "month old", "months old", "week old", "weeks old", "day old",
    "days old", "y old", "yr old", "yo", "day history of", "days history of", "week history of", "weeks history of",
    "month history of", "months history of", "year history of", "years history of", "hour history of",
    "previously described", "previously noted", "previously seen", "previously identified", "previously mentioned",
    "previously demonstrated", "no resolution of", "long history of",
    "yr history of", "mo history of", "recent history of", "if any", "with or without",
    "may 1", "may 2", "in may", "no more than", "not less than", "not well seen", "not fully seen",
    "not well visualized", "years history", "short history of", "acute history of", "no lateralizing",
    "area in question", "region in question",
)  # fmt: skip
_BREAK = (
    "but", "however", "although", "though", "which", "except", "except for", "apart from", "aside from", "other than",
    "nevertheless", "yet", "still", "whereas", "while", "there is", "there are", "there was", "there were",
    "also noted", "as well as", ", with",
    "secondary to", "due to", "because of", "caused by", "as a result of", "causing", "resulting in", "despite",
    "consistent with", "compatible with", "demonstrates", "reveals", "shows", "demonstrating", "showing", "revealing",
    "indicating", "indicates", "in keeping with", "characteristic of", "diagnostic of", "confirms", "confirming",
    "is present", "are present", "is noted", "are noted", "in addition", "additionally", "in the setting of",
    "given the", "given this", "presents", "presenting", "presented", "complains", "complaining", "complained", "after",
    "given his", "given her", "given that",
)  # fmt: skip
_SOFT_BREAK = (
    "with", "now", "today", "currently", "who", "admitted", "underwent", "came", "referred", "found", "developed",
    "developing", "and there", "since", "then", "followed by", ", on", "now on", "currently on",
)  # fmt: skip
_BOTH_WAYS = ("versus", "vs", "vs.", "unlikely")


@cache
def assertion_cues() -> PhraseBook:
    """Return the book of assertion cues; the value of a phrase is its `Cue`."""
    cues: dict[str, Cue] = {}
    for cue, phrases in _BEFORE.items():
        cues.update(dict.fromkeys(phrases, cue))
    for cue, phrases in _AFTER.items():
        cues.update({verb + phrase: cue for verb, phrase in product(("", *_VERBS), phrases)})
    for cue, phrases in _AFTER_VERB.items():
        cues.update({verb + phrase: cue for verb, phrase in product(_VERBS, phrases)})
    for cue, phrases in _AFTER_PLAIN.items():
        cues.update(dict.fromkeys(phrases, cue))
    cues.update(dict.fromkeys(_PSEUDO, Cue(Role.PSEUDO)))
    cues.update(dict.fromkeys(_BREAK, Cue(Role.BREAK)))
    cues.update(dict.fromkeys(_SOFT_BREAK, Cue(Role.SOFT_BREAK)))
    cues.update(dict.fromkeys(_BOTH_WAYS, Cue(Role.BOTH, Assertion.UNCERTAIN)))
    return PhraseBook(cues)


class Boundary(StrEnum):
    """What a side is not carried past."""

    OWN_SIDE = "own side"  # "left arm weakness and an infarct"; "contralateral" is not the side just said
    DEVICE = "device"  # "left chest tube and an effusion", yet "a tube in the left lung"
    OPERATION = "operation"  # likewise: "right mastectomy and a nodule"
    WITH = "with"


# "Bibasilar atelectasis": at both bases.
_OF_BOTH = tuple(
    f"{prefix}{place}"
    for prefix in ("bi", "bi ")
    for place in ("basilar", "basal", "apical", "hilar", "frontal", "temporal", "parietal", "occipital")
)
_TWO_SIDES = (("left", "right"), ("right", "left"))
_BOTH_NAMED = tuple(
    joined.format(*sides)
    for sides in _TWO_SIDES
    for joined in (
        *(
            "{} and {}",
            "{} & {}",
            "{} and the {}",
            "{} as well as {}",
            "{} as well as the {}",
            "{} > {}",
            "{}>{}",
            "{} >> {}",
        ),
        *("{}>>{}", "{}/{}", *(f"{{}} {more} than {{}}" for more in ("greater", "more", "worse", "larger", "bigger"))),
    )
)
# "Compared with the left": what it is measured against.
_MEASURED_AGAINST = tuple(
    f"{than} {the}{side}"
    for than in (
        *("than", "than on", "than in", "compared to", "compared with", "in comparison to", "in comparison with"),
        *("comparison with", "comparison to", "relative to", "unlike", "compared to that of", "compared with that of"),
    )
    for the in ("", "the ")
    for side in ("left", "right")
)
# "Left lateral decubitus", "image on the left": how it was taken, or where it is shown.
_OF_AN_IMAGE = tuple(
    phrase
    for side in ("left", "right")
    for phrase in (
        *(f"{side} {view}" for view in ("lateral decubitus", "decubitus", "anterior oblique", "posterior oblique")),
        *(f"{side} {view}" for view in ("lateral view", "lateral projection", "lateral position", "side down")),
        *(f"{side} {image}" for image in ("image", "images", "panel", "figure", "picture", "column", "photograph")),
        *(f"{image} on the {side}" for image in ("image", "images", "panel", "figure", "picture", "photograph")),
        *(
            f"{side} {level} quadrant {exam}"
            for level in ("upper", "lower")
            for exam in ("ultrasound", "us", "sonogram")
        ),
        *(f"{side} {hand}" for hand in ("handed", "hander", "hand dominant", "handedness")),
    )
)
_SIDES: dict[Laterality | Boundary | None, tuple[str, ...]] = {
    Laterality.LEFT: ("left", "leftward", "leftwards", "lt", "left sided"),
    Laterality.RIGHT: ("right", "rightward", "rightwards", "rt", "right sided"),
    Laterality.BILATERAL: (
        "bilateral", "bilaterally", "bilat", "b/l", "both", "both sides", "either side", *_BOTH_NAMED, *_OF_BOTH,
    ),
    Boundary.OWN_SIDE: (
        "pain", "pains", "tenderness", "weakness", "numbness", "discomfort", "tingling", "paralysis", "paresthesia",
        "paresthesias", "headache", "headaches", "symptoms", "neglect", "contralateral", "contralaterally", "opposite",
        *(f"{limbs}{loss}" for limbs in ("", "hemi", "para", "mono", "quadri") for loss in ("paresis", "plegia")),
    ),
    Boundary.DEVICE: (
        "catheter", "catheters", "tube", "tubes", "stent", "stents", "port", "ports", "port a cath", "picc",
        *(f"{way} line{s}" for way in ("central", "venous", "arterial", "jugular", "subclavian") for s in ("", "s")),
        "pacemaker", "approach", "incision", "incisions", "puncture", "amputation",
    ),
    Boundary.OPERATION: (
        "mastectomy", "mastectomies", "nephrectomy", "nephrectomies", "nephrostomy", "lobectomy", "hemicolectomy",
        "adrenalectomy", "pneumonectomy", "hepatectomy", "oophorectomy", "oophorectomies", "orchiectomy",
        "orchidectomy", "thyroidectomy", "craniotomy", "craniectomy", "thoracotomy", "thoracostomy", "thoracoplasty",
        "arthroplasty", "arthrotomy", "salpingo oophorectomy", "salpingo oophorectomies", "mastoidectomy",
        "nephroureterectomy", "endarterectomy", "segmentectomy", "lumpectomy",
    ),
    Boundary.WITH: ("without", "w/", "w/o"),
    None: (
        *(f"{symptom} {there}" for symptom in ("pain", "tenderness") for there in ("in", "over", "at", "around")),
        "right away", "was left", "were left", "if left", "left over", "left in place", "left untreated", "left alone",
        "both of which", "left to right", "right to left", "left the", "all right", "right now",
        "left shift", "right shift",
        "both the", "both of these", "both sides of the bowel", "bitemporal hemianopsia", "bitemporal hemianopia",
        *_MEASURED_AGAINST, *_OF_AN_IMAGE,
    ),
}  # fmt: skip


@cache
def side_cues() -> PhraseBook:
    """Return the book of words for a side, and of those that end what a side speaks of.

    The value is a `Laterality`, a `Boundary`, or None where it only looks like one of them.
    """
    return PhraseBook({phrase: side for side, phrases in _SIDES.items() for phrase in phrases})
