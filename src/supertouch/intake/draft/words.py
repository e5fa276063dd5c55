"""What words give away, in English and German: of answers, of questions, of columns' names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from supertouch.study.model import Empty, Phase

__all__ = [
    "RATING_FAMILIES",
    "Family",
    "Topic",
    "empty_meant",
    "family_of",
    "is_german",
    "is_turned",
    "phase_of",
    "polarity",
    "says_no",
    "says_yes",
    "topics",
]

Family = Literal[
    "satisfaction",
    "quality",
    "ease",
    "favour",
    "fit",
    "importance",
    "rank",
    "frequency",
    "agreement",
    "likelihood",
    "",
]
Topic = Literal["overall", "recommendation", "loyalty", "purchase", "state"]

RATING_FAMILIES: tuple[Family, ...] = ("satisfaction", "quality", "ease", "favour")

_EMPTIES: Mapping[Empty, str] = {
    "not_asked": r"not asked|not shown|nicht (gefragt|gestellt|angezeigt|gezeigt)|\bfilter",
    "dont_know": (
        r"(don.?t|do not|does not) know|unsure|not sure|can.?t (say|judge|tell)|cannot (say|judge)"
        r"|wei(ß|ss) (ich )?nicht|kann ich nicht|nicht beurteilen|keine meinung|no opinion"
    ),
    "refused": (
        r"refus|no answer|no response|not answered|unanswered|prefer not|rather not|declined"
        r"|keine (angabe|antwort)|^k\.? ?a\.?$|verweiger|^\(?blank\)?$|missing|fehlend|skipped"
        r"|nicht beantwortet"
    ),
    "not_met": (
        r"(never|not|n.t) (yet )?(used?|visited|tried|experienced|seen|had|met|applicable)"
        r"|^n/?a$|\(n/?a\)|does(n.t| not) apply|no (experience|contact|basis)"
        r"|unfamiliar|not familiar|(nicht|nie|nie) (genutzt|benutzt|besucht|erlebt|verwendet)"
        r"|nicht (begegnet|wahrgenommen|gesehen|kennengelernt)|not (come across|encountered)"
        r"|keine erfahrung|kein(en)? kontakt|trifft nicht zu|nicht zutreffend|entfällt"
        r"|nicht in anspruch|noch nie|kenne ich nicht|nicht bekannt|nicht relevant"
    ),
}
_NEGATIVE = re.compile(
    r"not at all|not .*(satisfied|likely|good|easy|agree|happy|well)|dis(satisf|agree|appoint|like)"
    r"|un(satisf|likely|accept|favou?r|happy|friendly|important|zufrieden|wahrscheinlich|wichtig"
    r"|genügend|befriedigend|genuegend)|very low|very poor|poor|\bbad|terrible|awful|horrible|worst"
    r"|worse|schlecht|mangelhaft|inakzeptabel|difficult|schwierig|schwer|umständlich|kompliziert"
    r"|\bhard\b|dirty|schmutzig|never|\bnie\b|niemals|lehne|ablehn|enttäusch|gar nicht|überhaupt n"
    r"|(stimme|trifft|passt) .*nicht|keinesfalls|auf keinen fall|\blow\b|niedrig|below"
)
_POSITIVE = re.compile(
    r"satisf|zufrieden|\bgood|\bgut|excellent|outstanding|superb|hervorragend|ausgezeichnet|great"
    r"|\beasy|einfach|leicht|\blikely|wahrscheinlich|\bagree|stimme|trifft .*zu|zustimm|favou?r"
    r"|\bbest|better|very well|perfect|begeist|delight|clean|sauber|passt|fits|happy|important"
    r"|wichtig|always|immer|auf jeden fall|bestimmt|definitely|certainly|exceed|übertroffen"
    r"|\bhigh\b|hoch|wonderful|love"
)
_FAMILIES: Mapping[Family, str] = {
    "rank": r"\brank(s|ed|ing)?\b|rangfolge|rangreihe|reihenfolge",
    "importance": r"importan|wichtig",
    "fit": r"\bfits?\b|passt|typisch|typical",
    "agreement": r"agree|stimme|zustimm|trifft",
    "likelihood": r"\b(un)?likely|wahrscheinlich|auf (jeden|keinen) fall|definitely",
    "satisfaction": (
        r"satisf|zufrieden|begeist|delight|enttäusch|disappoint|expect|erwartung|happy|rate your"
    ),
    "ease": r"\beas(y|e)\b|difficult|einfach|schwierig|umständlich|effort|aufwand",
    "favour": r"favou?r",
    "quality": (
        r"good|\bgut|poor|schlecht|excellent|ausgezeichnet|mangelhaft|outstanding|unacceptab"
        r"|better|worse|dirty|clean|sauber|schmutzig|schulnote|bewert"
    ),
    "frequency": r"never|often|daily|weekly|monthly|\bnie\b|häufig|täglich|selten|oft\b|\bmal\b",
}
_TOPICS: Mapping[Topic, str] = {
    "overall": (
        r"overall|as a whole|in general|all in all|insgesamt|gesamt(zufriedenheit|urteil|eindruck"
        r"|note|bewertung)?\b|alles in allem|im großen und ganzen|general satisfaction"
        r"|(^|[_\W\d])(all|total|whole|osat|gesamt)$|(whole|overall|gesamt)$"
    ),
    "recommendation": r"recommend|empfehl|empfiehl|\bnps\b|net ?promo|netpro|\bltr\b|(^|_)empf",
    "loyalty": (
        r"loyal|treue?\b|remain a|stay (with|a|at)|bleiben|buy .*again|wieder ?(kauf|kommen|wähl)"
        r"|erneut|come back|return (to|again)|repurchase|continue (to|using|with)|renew"
        r"|verlänger|first choice|erste wahl|switch(ing)? to|wechsel(n|absicht)|kündig(en|ungsabs)"
    ),
    "purchase": (
        r"purchase inten|inten(d|tion) to (buy|purchase)|plan to (buy|purchase)|likely .*(to buy"
        r"|purchase)|kaufabsicht|kaufbereit|kaufen (wollen|werden)|planen sie.*kauf|^kauf$"
    ),
    "state": (r"feel.* safe|sicher fühl|\btrust\b|vertrau|image\b|\bmood|stimmung"),
}
_PHASES: Mapping[Phase, str] = {
    "before": (
        r"advert|werb|anzeige|\btv\b|fernseh|radio|plakat|poster|website|web ?seite|homepage"
        r"|internetseite|online ?(auftritt|info)|social|soziale|instagram|facebook|youtube|search"
        r"|suche|vergleich|compar|review|test(bericht|urteil)|brochure|prospekt|katalog|catalog"
        r"|newsletter|messe|trade fair|beratung|advice|consult|offer|angebot|quote|recommendation"
        r"|empfehlung|word of mouth|friend|bekannte|price|pricing|tarif|value for money|preis"
        r"|parking|parkhaus|parkplatz|getting (here|to)|anreise|zufahrt|road|shuttle"
        r"|rental|mietwagen|route|booking|buchung|reserv"
    ),
    "after": (
        r"after|nach (dem|der)|service|support|hotline|call ?cent|complain|beschwerde|reklam"
        r"|invoice|rechnung|\bbill|billing|repair|reparatur|warrant|garantie|gewährleist|return"
        r"|retour|rückgabe|refund|erstatt|cancel|kündig|helpdesk|technician|techniker|wartung"
        r"|mainten|spare|ersatzteil|claim|schaden|community|forum|loyalty|bonus|mahnung|upgrad"
        r"|downgrad|arrival|arriving|baggage claim|customer care|kundenbetreu"
    ),
    "during": (
        r"shop|store|laden|filiale|branch|checkout|check.?in|kasse|purchase|kauf|order|bestell"
        r"|deliver|liefer|versand|payment|bezahl|zahlung|install|montage|staff|personal\b|employee"
        r"|mitarbeit|verkäufer|sales|product|produkt|food|restaurant|room|zimmer|security|boarding"
        r"|flight|flug|\bapp\b|wifi|wlan|sign|screen|clean|sauber|restroom|toilet|coverage|netz"
        r"|speed|\batm\b|automat|branch|portal|usage|nutzung|packag|verpack|unpack|anleitung"
    ),
}
_YES = re.compile(
    r"^(yes|ja|selected|ausgewählt|quoted|genannt|checked|true|used|genutzt|gewählt|y|j)\b"
)
_NO = re.compile(
    r"^(no|nein|not selected|nicht (ausgewählt|genannt|genutzt|gewählt)|not quoted|unchecked|false"
    r"|not used|n)\b"
)
_GERMAN = re.compile(
    r"[äöüß]|\b(der|die|das|und|nicht|wie|sie|mit|ist|haben|sehr|zufrieden|keine|bitte|gut)\b"
)
_ENGLISH = re.compile(
    r"\b(the|and|not|how|you|with|is|have|very|satisfied|please|good|your|of|to|do)\b"
)


def empty_meant(label: str, others: Iterable[str] = ()) -> Empty | None:
    """Return the kind of empty that an answer's label means; None where it is an answer.

    "Trifft nicht zu" is the low end of a scale of agreement, where ``others`` speak of "trifft".

    >>> empty_meant("Don't know"), empty_meant("nie genutzt"), empty_meant("very poor")
    ('dont_know', 'not_met', None)
    """
    text = label.casefold().strip()
    if "trifft" in text and sum("trifft" in other.casefold() for other in others) > 1:
        return None
    return next((kind for kind, words in _EMPTIES.items() if re.search(words, text)), None)


def polarity(label: str) -> int:
    """Return 1 for a label of praise or assent, -1 for one of blame or dissent, else 0.

    >>> polarity("sehr zufrieden"), polarity("Very dissatisfied"), polarity("5")
    (1, -1, 0)
    """
    text = label.casefold()
    if _NEGATIVE.search(text):
        return -1
    return 1 if _POSITIVE.search(text) else 0


def family_of(*wordings: str) -> Family:
    """Return what kind of judgement the first wording that tells it speaks of; "" if none does."""
    for wording in wordings:
        text = wording.casefold()
        for kind, words in _FAMILIES.items():
            if re.search(words, text):
                return kind
    return ""


def topics(name: str, wording: str = "") -> tuple[Topic, ...]:
    """Return the topics that a column's name or wording speaks of, outcomes first.

    >>> topics("Q7ALL"), topics("Q8", "How likely are you to recommend us to a friend?")
    (('overall',), ('recommendation',))
    """
    texts = (re.sub(r"([a-z])(?=[A-Z])", r"\1_", name).casefold(), wording.casefold())
    order: tuple[Topic, ...] = ("recommendation", "loyalty", "purchase", "overall", "state")
    return tuple(topic for topic in order if any(re.search(_TOPICS[topic], t) for t in texts))


def is_turned(wording: str) -> bool:
    """Tell whether assent to a statement on loyalty means disloyalty ("I may well switch")."""
    return bool(re.search(r"switch|wechsel|kündig|cancel|leave us|verlassen", wording.casefold()))


def phase_of(name: str, wording: str) -> tuple[Phase, str] | None:
    """Return the phase of the journey that words suggest, and the word; None where none does."""
    text = f"{name} {wording}".casefold()
    for phase in ("after", "before", "during"):
        if found := re.search(_PHASES[phase], text):
            return phase, found.group().strip()
    return None


def says_yes(label: str) -> bool:
    """Tell whether a label means yes."""
    return bool(_YES.search(label.casefold().strip()))


def says_no(label: str) -> bool:
    """Tell whether a label means no."""
    return bool(_NO.search(label.casefold().strip()))


def is_german(wordings: Iterable[str]) -> bool:
    """Tell whether wordings are German rather than English."""
    text = " ".join(wordings).casefold()
    return len(_GERMAN.findall(text)) > len(_ENGLISH.findall(text))
