"""Which circumstances of a message are said not to be so."""

from __future__ import annotations

from collections.abc import Collection

from lotse.content.word_lists import HolderWords
from lotse.nlu.clauses import Clause, Named, Reading, named_in

_ARTICLES = ("definite", "indefinite", "mine", "theirs")
_LINKING = ("i_am", "me", "trailing", "third_person", "anyone")


def denied(reading: Reading, theirs: Collection[int], words: HolderWords) -> list[Named]:
    """The circumstances that the person denies or corrects.

    Args:
        reading: the message.
        theirs: `id` of the circumstances that are somebody else's.
        words: tells the kinds of facets.
    """
    found: list[Named] = []
    for number, item in enumerate(reading.named):
        if id(item) in theirs:
            continue
        is_personal = item.mention.facet in words.personal_facets
        previous = _previous(reading.named[:number], item)
        if (
            _negated(reading, item, words)
            or (previous in found and _continues(reading, previous, item))
            or _corrected(reading, item, theirs)
            or (is_personal and _no_longer(reading, item))
        ):
            found.append(item)
    return found


def _previous(items: Collection[Named], item: Named) -> Named | None:
    same = [other for other in items if other.mention.facet == item.mention.facet and other.end <= item.first]
    return same[-1] if same else None


def _negated(reading: Reading, item: Named, words: HolderWords) -> bool:
    if reading.has(item.first, "denied_words"):
        return True
    facet, clause = item.mention.facet, reading.clause_of(item)
    negation = _negation_before(reading, item, clause)
    if negation is None:
        personal = facet in words.personal_facets
        return _negated_at_the_end(reading, item, clause, personal) or (personal and _not_me(reading, clause))
    between = range(negation + 1, item.first)
    if reading.has(negation, "rather_than"):
        return True
    if reading.has(negation, "without"):
        # “ohne Kinder im Bild”; but “eine Gruppe ohne unseren Chef” is about him, “Bürger ohne TikTok” about TikTok.
        about_it = facet in words.place_facets or (facet in words.naming_facets and reading.any(between, *_ARTICLES))
        return not about_it
    if _is_contrasted(reading, item, clause):
        return True
    asked = reading.any(range(clause.start, clause.end), "asking")
    if facet in words.personal_facets:
        # “Gilt das nicht für Beamte?” denies nothing, “Darf ich als nicht verbeamtete Lehrerin …” does.
        return not (asked and reading.any(between, "applies_to", "roles"))
    if asked:
        return False
    rest = [*range(clause.start, negation), *range(item.end, clause.end)]
    if reading.has(negation, "denying_articles"):
        return facet not in words.place_facets or reading.all(rest, "small", "others", "corrections")
    # “Ich bin nicht auf Facebook” denies the place, “Ich habe ihn nicht auf Facebook geaddet” the deed.
    adjacent = not reading.any([*between, item.first], "applies_to", "prepositions", *_ARTICLES)
    adjacent = adjacent and facet not in words.place_facets
    return adjacent or reading.all(rest, "small", "me", "i_am", "others", "corrections")


def _negation_before(reading: Reading, item: Named, clause: Clause) -> int | None:
    """The word before a circumstance that denies it: “kein richtiger Beamter”, “nicht als Beamtin”."""
    for i in range(item.first - 1, clause.start - 1, -1):
        if reading.has(i, "denying_articles", "denials", "without", "rather_than"):
            between = range(i + 1, item.first)
            return i if reading.all(between, *_allowed_after(reading, i), "adjectives") else None
        if not reading.has(i, "after_denials", "after_denying_articles", "adjectives", *_ARTICLES):
            return None
    return None


def _allowed_after(reading: Reading, negation: int) -> tuple[str, ...]:
    if reading.has(negation, "denying_articles"):
        return ("after_denying_articles",)
    return ("after_denials", *_ARTICLES)


def _negated_at_the_end(reading: Reading, item: Named, clause: Clause, personal: bool) -> bool:
    """“Beamtin bin ich nicht”, “auf Instagram nicht, auf X schon”."""
    last = clause.end - 1
    while last >= item.end and (not reading.is_word(last) or reading.has(last, "trailing")):
        last -= 1
    if last < item.end or not reading.has(last, "denials", "denying_articles"):
        return False
    between = range(item.end, last)
    if not reading.all(between, *_LINKING):
        return False
    return (personal and bool(between)) or _is_contrasted(reading, item, clause)


def _not_me(reading: Reading, clause: Clause) -> bool:
    """“Nicht ich bin Beamter, sondern …”, “Verbeamtet? Nein, bin ich nicht.”"""
    if clause.end - clause.start > 1 and reading.has(clause.start, "denials") and reading.has(clause.start + 1, "me"):
        return True
    later = [other for other in reading.clauses if other.start >= clause.end]
    for other in later:
        tokens = range(other.start, other.end)
        if not reading.all(tokens, "corrections", "denials", *_LINKING):
            return False
        if reading.any(tokens, "denials") and reading.any(tokens, "i_am"):
            return True
    return False


def _is_contrasted(reading: Reading, item: Named, clause: Clause) -> bool:
    """Whether another value of the facet, or “sondern”, follows in the next clause."""
    following = [other for other in reading.clauses if other.sentence == clause.sentence and other.start >= clause.end]
    if not following:
        return False
    nearest = following[0]
    if reading.has(nearest.start - 1, "instead"):
        return True
    named = named_in(reading.named, nearest)
    told = {i for other in named for i in range(other.first, other.end)}
    rest = [i for i in range(nearest.start, nearest.end) if i not in told]
    another = [other for other in named if other.mention.facet == item.mention.facet]
    return reading.all(rest, "small", "me", "i_am", "corrections", *_ARTICLES) and any(
        other.mention.value != item.mention.value for other in another
    )


def _continues(reading: Reading, previous: Named | None, item: Named) -> bool:
    """“weder Beamter noch Angestellter”, “kein Beamter oder Angestellter”: the denial reaches the second value, too."""
    if previous is None:
        return False
    between = range(previous.end, item.first)
    return reading.any(between, "nor") and reading.all(between, "nor", "roles", "prepositions", *_ARTICLES)


def _corrected(reading: Reading, item: Named, theirs: Collection[int]) -> bool:
    """Whether another value of the facet follows after “ich meinte”, “Quatsch” and the like."""
    for later in reading.named:
        same_facet = later.mention.facet == item.mention.facet and later.mention.value != item.mention.value
        if not same_facet or later.first < item.end or id(later) in theirs:
            continue
        own, last = reading.clause_of(item), reading.clause_of(later)
        between = [clause for clause in reading.clauses if own.end <= clause.start <= last.start]
        if any(reading.has(clause.start, "corrections") for clause in between):
            return True
    return False


def _no_longer(reading: Reading, item: Named) -> bool:
    """“früher war ich Beamter”"""
    clause = reading.clause_of(item)
    return reading.any(range(clause.start, clause.end), "formerly")
