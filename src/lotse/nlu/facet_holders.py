"""Whose circumstance a message names: the person's own, somebody else's, or one they deny.

Rules over the words of `data/word_lists/holders.yml`, clause by clause, without a parser: the default pipeline has
none, and chat messages rarely have the commas and capitals that one needs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from lotse.answering.question import Holder
from lotse.content.word_lists import HolderWords
from lotse.nlu.clauses import Clause, Named, Reading, WordGroups
from lotse.nlu.facet_denials import denied
from lotse.nlu.spacy_pipeline import FacetMention

_ARTICLES = ("definite", "indefinite", "genitive", "mine", "theirs", "denying_articles")
_SELF = ("me", "i_am")
# What tells, going backwards from a circumstance, whose it is.
_CUES = ("me", "me_as_object", "i_am", "others", "people", "third_person")


class FacetHolders:
    """Decides for each circumstance of a message whose it is.

    Args:
        nlp: the pipeline whose tokens are read.
        words: the word lists.
    """

    def __init__(self, nlp: Language, words: HolderWords) -> None:
        self._groups = WordGroups(nlp, words)
        self._words, self._personal = words, frozenset(words.personal_facets)

    def holders(self, doc: Doc, mentions: Sequence[FacetMention]) -> list[Holder]:
        """The holder of each circumstance.

        Args:
            doc: the message.
            mentions: its circumstances, in order.
        """
        if not mentions:
            return []
        reading = Reading(doc, self._groups, mentions, self._words.naming_facets)
        owners = _Owners(reading, self._personal, self._words.home_facets)
        theirs = {id(item) for item in reading.named if owners.is_others(item)}
        theirs |= {id(item) for item in _alternatives(reading, self._personal)}
        not_so = {id(item) for item in denied(reading, theirs, self._words)}
        return ["other" if id(item) in theirs else "denied" if id(item) in not_so else "me" for item in reading.named]

    def only_tells(self, doc: Doc, mentions: Sequence[FacetMention], facets: Collection[str]) -> bool:
        """Whether a message says nothing but circumstances of these facets.

        Args:
            doc: the message.
            mentions: its circumstances, in order.
            facets: ids.
        """
        if not any(mention.facet in facets for mention in mentions):
            return False
        reading = Reading(doc, self._groups, mentions, self._words.naming_facets)
        told = {i for item in reading.named if item.mention.facet in facets for i in range(item.first, item.end)}
        functional = [
            *_ARTICLES,
            *_SELF,
            "me_as_object",
            "i_work",
            "roles",
            "denials",
            "corrections",
            "formerly",
            "small",
        ]
        rest = [i for i in range(len(doc)) if i not in told]
        return reading.all(rest, *functional, "after_denials", "applies_to", "instead", "without", "rather_than")


class _Owners:
    """Tells a person's own circumstances from those of others, in the order of the message.

    Args:
        reading: the message.
        personal: facets that say something about a person.
        home: facets that say where somebody works.
    """

    def __init__(self, reading: Reading, personal: Collection[str], home: Collection[str]) -> None:
        self._reading, self._personal, self._home = reading, personal, home
        self._of_others: list[Named] = []

    def is_others(self, item: Named) -> bool:
        """Whether a circumstance is somebody else's; asked in order."""
        if item.mention.facet in self._home:
            others = self._at_home_of_others(item)
        elif item.mention.facet in self._personal:
            others = self._judge(item)
        else:
            return False
        if others:
            self._of_others.append(item)
        return others

    def _at_home_of_others(self, item: Named) -> bool:
        """“in Hessen”: where the rules are that are asked for, unless it stands with somebody else.

        No word is needed that says that the person works there: “Darf ich das in Hessen?”
        """
        reading, clause = self._reading, self._reading.clause_of(item)
        cue = self._cue_before(item, clause)
        if cue is None:
            return self._inherited(item, clause)
        if reading.has(cue, *_SELF, "me_as_object"):
            return False
        if reading.has(cue, "third_person"):
            return not self._is_generic(cue, clause)
        return not self._with_me(cue, item, clause)

    def _judge(self, item: Named) -> bool:
        reading, clause = self._reading, self._reading.clause_of(item)
        same = [i for one in reading.clauses if one.sentence == clause.sentence for i in range(one.start, one.end)]
        if reading.any(same, "contrasts") and not reading.any(same, *_SELF, "me_as_object", "mine"):
            return True
        article, before = self._noun_phrase(item, clause)
        if before is not None and reading.has(before, "roles") and not reading.has(before, "comparisons"):
            return self._in_role(item, before, clause)
        if self._is_workplace(item):
            return self._workplace(item, clause)
        around = range(clause.start, clause.end)
        if reading.any(around, "becoming") and reading.any(around, "me"):
            return True
        if reading.has(item.first, "conditions"):
            return self._condition(item, article, clause)
        if before is not None and reading.has(before, "comparisons"):
            return True
        if article is not None and reading.has(article, "genitive"):
            return True
        if before is not None and reading.has(before, "applies_to", "prepositions") and not reading.has(before, "i_am"):
            generic = reading.has(before, "applies_to") and (
                article is None or not reading.has(article, "mine", "theirs")
            )
            return not generic or self._mentions_me(clause, article)
        if article is not None:
            return self._with_article(item, article, clause)
        return self._bare(item, clause)

    def _noun_phrase(self, item: Named, clause: Clause) -> tuple[int | None, int | None]:
        """The article of a circumstance and the word before all of it; None where there is none."""
        reading, i = self._reading, item.first - 1
        personal = {
            j for other in reading.named if other.mention.facet in self._personal for j in range(other.first, other.end)
        }
        while i >= clause.start and (reading.has(i, "adjectives") or (i in personal and i < item.first)):
            if reading.has(i, *_ARTICLES):
                break
            i -= 1
        article = None
        if i >= clause.start and reading.has(i, *_ARTICLES):
            article, i = i, i - 1
        return article, i if i >= clause.start else None

    def _mentions_me(self, clause: Clause, but: int | None = None) -> bool:
        tokens = (i for i in range(clause.start, clause.end) if i != but)
        return self._reading.any(tokens, "me", "me_as_object", "mine", "i_am")

    def _cue_before(self, item: Named, clause: Clause) -> int | None:
        """The nearest word before a circumstance that tells whose it is.

        Somebody after a preposition (“wie mein Mann bin ich …”, “bei meinem Chef”) tells it only if nothing else does.
        """
        reading, weak = self._reading, None
        i = item.first - 1
        while i >= clause.start:
            if reading.has(i, "people") and not reading.has(i, "i_am"):
                _, before = self._noun_phrase(Named(item.mention, i, i + 1), clause)
                if before is not None and reading.has(before, "prepositions", "applies_to", "comparisons"):
                    weak, i = weak or i, before - 1
                    continue
            if reading.has(i, *_CUES):
                return i
            i -= 1
        return weak

    def _in_role(self, item: Named, role: int, clause: Clause) -> bool:
        """“als Beamtin”: of the subject, which is the person unless somebody else is."""
        reading = self._reading
        left = range(role - 1, clause.start - 1, -1)
        if left and reading.has(role - 1, "people"):
            _, before = self._noun_phrase(Named(item.mention, role - 1, role), clause)
            if before is not None and reading.has(before, "applies_to"):
                return True
        if reading.any(left, *_SELF):
            return False
        nearest = reading.nearest(left, "me_as_object", "others", "people", "third_person")
        if nearest is not None and not self._is_generic(nearest, clause):
            return not reading.has(nearest, "me_as_object")
        right = range(item.end, clause.end)
        if reading.any(right, *_SELF, "me_as_object"):
            return False
        if reading.has(clause.start, "relative") and reading.any(right, "third_person"):
            return True
        verb = reading.nearest(right, "asking", "third_person")
        if verb is None or verb + 1 >= clause.end:
            return False
        return reading.any(range(verb + 1, min(verb + 3, clause.end)), "others", "people")

    def _is_generic(self, cue: int, clause: Clause) -> bool:
        """Whether a verb in the third person has nobody in particular as its subject."""
        reading = self._reading
        if not reading.has(cue, "third_person"):
            return False
        if cue == clause.start and cue > 0 and reading.has(cue - 1, "relative") and self._inherited_by(clause):
            return False
        around = range(clause.start, clause.end)
        if reading.any(around, "others", "people"):
            return False
        return cue == clause.start or reading.any(around, "anyone") or reading.any(range(clause.start, cue), "mine")

    def _with_article(self, item: Named, article: int, clause: Clause) -> bool:
        """“ein Polizist”, “meine Azubi”: somebody else, unless the person says to be it."""
        reading = self._reading
        cue = self._cue_before(Named(item.mention, article, item.end), clause)
        if cue is not None and reading.has(cue, "i_am") and not reading.has(article, "oblique"):
            return False
        if reading.has(article, "mine", "theirs"):
            return True
        if reading.has(article, "denying_articles"):
            if cue is None:
                return self._inherited(item, clause)
            return not reading.has(cue, *_SELF, "me_as_object") and not self._is_generic(cue, clause)
        if reading.has(article, "indefinite"):
            around = range(clause.start, clause.end)
            somebody = self._mentions_me(clause) or reading.any(around, "third_person", "others", "people")
            return somebody or reading.has(article, "accusative") or self._in_apposition(article, clause)
        return True

    def _bare(self, item: Named, clause: Clause) -> bool:
        """“Beamter” without article: of the nearest subject."""
        reading = self._reading
        several = any(reading.has(i, "plurals") for i in range(item.first, item.end))
        cue = self._cue_before(item, clause)
        if cue is None:
            return self._without_cue(item, clause, several)
        if reading.has(cue, "i_am"):
            return False
        if reading.has(cue, "me"):
            apposition = cue == item.first - 1 and not reading.has(max(cue - 1, clause.start), "asking")
            together = cue == item.first - 1 and reading.has(cue, "we")
            return several and not apposition and not together
        if reading.has(cue, "me_as_object"):
            return False
        if reading.has(cue, "third_person"):
            return not self._is_generic(cue, clause)
        return not self._with_me(cue, item, clause)

    def _with_me(self, cue: int, item: Named, clause: Clause) -> bool:
        """Whether somebody else is the subject together with the person: “ich und meine Frau sind Beamte”."""
        reading = self._reading
        before = reading.clause_before(clause)
        joined = before is not None and reading.has(clause.start - 1, "coordination")
        if not joined or before is None or not reading.has(before.end - 1, "me"):
            return False
        return not reading.any(range(clause.start, item.first), "third_person")

    def _condition(self, item: Named, article: int | None, clause: Clause) -> bool:
        """“verbeamtet”, “in Ausbildung”: of the nearest subject, or of the noun that it describes."""
        reading = self._reading
        if item.end < clause.end:
            following = next((other for other in reading.named if other.first == item.end), None)
            if following and following.mention.facet in self._personal and not self._is_workplace(following):
                return self._judge(following)
            if reading.has(item.end, "people"):
                cue = self._cue_before(item, clause)
                return cue is None or not reading.has(cue, "i_am")
        if article is not None and reading.has(article, "theirs"):
            return True
        cue = self._cue_before(item, clause)
        if cue is None:
            return self._without_cue(item, clause, False)
        if reading.has(cue, *_SELF, "me_as_object"):
            return False
        if reading.has(cue, "third_person"):
            return not self._is_generic(cue, clause)
        return not self._with_me(cue, item, clause)

    def _without_cue(self, item: Named, clause: Clause, several: bool) -> bool:
        """Nothing before a circumstance tells whose it is: then what follows it, or what went before the clause."""
        reading = self._reading
        right = range(item.end, clause.end)
        cue = reading.nearest(right, *_SELF, "third_person", "me_as_object", "mine")
        if cue is None:
            return self._inherited(item, clause)
        if reading.has(cue, *_SELF):
            return False
        if reading.has(cue, "third_person"):
            return not reading.any(range(clause.start, clause.end), "anyone")
        return several and reading.any(range(clause.start, item.first), "asking")

    def _inherited(self, item: Named, clause: Clause) -> bool:
        """Whether a clause without a subject of its own goes on about somebody: “Mein Mann ist Lehrer und Beamter”."""
        before = self._reading.clause_before(clause)
        if before is None:
            return False
        return self._inherited_by(clause) or self._tells_of_somebody(before) or self._in_apposition(item.first, clause)

    def _tells_of_somebody(self, clause: Clause) -> bool:
        """“Der ist aber Azubi”: whether a clause without the person says what somebody is, does or has."""
        reading, verb = self._reading, self._reading.nearest(range(clause.start, clause.end), "third_person")
        if verb is None or verb == clause.start or self._mentions_me(clause):
            return False
        return reading.has(verb - 1, "demonstratives")

    def _inherited_by(self, clause: Clause) -> bool:
        """Whether the clause before names a circumstance of somebody else: “a professor who is Beamter”."""
        before = self._reading.clause_before(clause)
        return before is not None and any(before.start <= other.first < before.end for other in self._of_others)

    def _in_apposition(self, first: int, clause: Clause) -> bool:
        """Whether a clause begins with a word that explains who somebody is: “mein Mann, Beamter, …”."""
        reading, before = self._reading, self._reading.clause_before(clause)
        if before is None or first != clause.start or reading.has(first - 1, "boundaries"):
            return False
        return reading.has(before.end - 1, "people")

    def _is_workplace(self, item: Named) -> bool:
        return item.end > item.first + 1 and self._reading.has(item.first, "applies_to", "prepositions")

    def _workplace(self, item: Named, clause: Clause) -> bool:
        """“bei der Polizei”: only with a word that says that somebody works there."""
        reading = self._reading
        around = range(clause.start, clause.end)
        rest = [i for i in around if not item.first <= i < item.end]
        says_so = reading.any(around, "i_am", "i_work", "roles") or reading.all(rest, "small", *_SELF)
        generic = reading.any(around, "anyone") and reading.any(around, "third_person")
        if not says_so and not generic:
            return True
        cue = self._cue_before(item, clause)
        if cue is None or reading.has(cue, *_SELF, "me_as_object"):
            return False
        if reading.has(cue, "third_person"):
            return not self._is_generic(cue, clause)
        return not self._with_me(cue, item, clause)


def _alternatives(reading: Reading, personal: Collection[str]) -> list[Named]:
    """Values of a facet set against each other: who asks “Beamte oder Angestellte?” says neither of oneself."""
    found: list[Named] = []
    items = [item for item in reading.named if item.mention.facet in personal]
    for one, other in pairwise(items):
        if one.mention.facet != other.mention.facet or one.mention.value == other.mention.value:
            continue
        between = range(one.end, other.first)
        clause = reading.clause_of(one)
        joined = reading.any(between, "coordination") or any(reading.doc[i].text == "/" for i in between)
        linked = reading.all(
            between, "coordination", "choice", *_ARTICLES, "roles", "applies_to", "prepositions", "small"
        )
        same_sentence = clause.sentence == reading.clause_of(other).sentence
        if not (joined and linked and same_sentence) or reading.any(
            between, "denials", "denying_articles", "me", "i_am"
        ):
            continue
        chosen = reading.any(between, "choice") or reading.any(range(clause.start, one.first), "choice")
        negated = reading.any(range(clause.start, one.first), "denials", "denying_articles", "without")
        if negated or (not chosen and reading.any(range(clause.start, clause.end), "i_am", "roles")):
            continue
        found += [one, other]
    return found
