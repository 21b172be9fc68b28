"""From training messages and the guide to the files in ``data/encoder/``."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from lotse.encoder import encoder as runtime
from lotse.encoder.artefacts import CARD, LAYERS, SCALES, TOKENS, WORDS, digest
from lotse.encoder.tuning.base_model import LICENCE, NAME, package_file, read_base_model
from lotse.encoder.tuning.digest import scripts_digest
from lotse.encoder.tuning.export import write_layers, write_words
from lotse.encoder.tuning.inputs import Labelled, Settings
from lotse.encoder.tuning.loop import tune
from lotse.encoder.tuning.vocabulary import needed, write_tokens

# Texts whose vectors the card keeps: both languages, a long word, an emoji, another alphabet.
SAMPLES = (
    "Darf ich über meine Arbeit posten?",
    "chef auf insta blockieren",
    "May I like a post by a political party?",
    "Datenschutzfolgenabschätzung für den TikTok-Kanal 👍",
    "Можно ли мне писать о работе?",
)
SAMPLE_VALUES = 12


def make_encoder(
    folder: Path,
    messages: Sequence[Labelled],
    passages: Sequence[Labelled],
    settings: Settings,
    progress: Callable[[int, int, float], None],
    today: date,
) -> None:
    """Tune the encoder and write its files and its card.

    Args:
        folder: where the files go; what is there is replaced only when all is done.
        messages: with their intents.
        passages: texts of the guide's passages.
        settings: of the tuning.
        progress: called after each step with its number, their count and the loss.
        today: the date on the card.
    """
    base = read_base_model(package_file())
    kept = needed(base, [*(message.text for message in messages), *(passage.text for passage in passages)])
    with TemporaryDirectory() as scratch:
        made = Path(scratch)
        write_tokens(made / TOKENS, base, kept)
        words = write_words(made, base.words[kept])
        tokens = runtime.Tokens(made / TOKENS)
        network = tune(base, words, tokens.of, messages, passages, settings, progress)
        write_layers(made, network)
        vectors = runtime.Encoder(made, 1).vectors(list(SAMPLES))
        card = {
            "base": NAME,
            "licence": LICENCE,
            "made_on": today,
            "scripts": scripts_digest(),
            "files": {name: digest(made / name) for name in (LAYERS, TOKENS, WORDS, SCALES)},
            "settings": asdict(settings),
            "figures": {"messages": len(messages), "passages": len(passages), "tokens": len(kept)},
            "samples": {
                text: [round(float(value), 4) for value in vector[:SAMPLE_VALUES]]
                for text, vector in zip(SAMPLES, vectors, strict=True)
            },
        }
        (made / CARD).write_text(yaml.safe_dump(card, allow_unicode=True, sort_keys=False), encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        for path in made.iterdir():
            shutil.copyfile(path, folder / path.name)
