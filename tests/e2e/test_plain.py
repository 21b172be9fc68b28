"""Plain questions, as clerks type them, are answered: by an author who wrote neither messages nor passages."""

from __future__ import annotations

from lotse.evaluation.goals import aims
from lotse.evaluation.score import grade_question, score_questions
from tests.e2e.measuring import GOALS, ask, missed, questions_of


def test_plain_questions_are_answered(base_url: str) -> None:
    questions = questions_of("plain").questions
    replies = ask(base_url, questions)
    score = score_questions(questions, replies)
    listing = "\n".join(
        f"{result}: {question.text} ({question.topic}; {reply.outcome} {reply.topic or ', '.join(reply.offered)})"
        for question, reply in zip(questions, replies, strict=True)
        if (result := grade_question(question, reply)) != "right"
    )
    assert missed(aims(score, GOALS.plain.accepted)) == [], listing
    assert score.everything.counts.get("lost", 0) == 0
