"""Cuts the tokenizer to what German and English need, and writes it as a sentencepiece model.

Of 250,000 pieces for a hundred languages those stay that German or English words or the training messages need, and
every single character. A word of another language is then cut into more and shorter pieces; no text is lost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2

from lotse.encoder.tuning.base_model import BaseModel

SPACE = "▁"
# In this order in multilingual-e5: start, padding, end, unknown.
_CONTROL = ("<s>", "<pad>", "</s>")
_UNKNOWN = "<unk>"
_LANGUAGES = ("de", "en")


def words_of_dictionaries() -> list[str]:
    """The inflected German and English words that `simplemma` knows."""
    from simplemma.strategies.dictionaries import DefaultDictionaryFactory

    factory = DefaultDictionaryFactory()
    forms = {form for language in _LANGUAGES for form in factory.get_dictionary(language)}
    return sorted(form.decode("utf-8") if isinstance(form, bytes) else form for form in forms)


def sentencepiece_model(pieces: list[str], scores: Iterable[float]) -> bytes:
    """A unigram model of sentencepiece.

    Args:
        pieces: with the control pieces and the unknown piece first; texts are normalised before (NFKC).
        scores: one for each piece.
    """
    model = sentencepiece_model_pb2.ModelProto()
    for piece, score in zip(pieces, scores, strict=True):
        entry = model.pieces.add()
        entry.piece, entry.score = piece, float(score)
        if piece in _CONTROL:
            entry.type = sentencepiece_model_pb2.ModelProto.SentencePiece.CONTROL
        elif piece == _UNKNOWN:
            entry.type = sentencepiece_model_pb2.ModelProto.SentencePiece.UNKNOWN
    trainer = model.trainer_spec
    trainer.model_type = sentencepiece_model_pb2.TrainerSpec.UNIGRAM
    trainer.vocab_size = len(pieces)
    trainer.bos_id, trainer.pad_id, trainer.eos_id, trainer.unk_id = 0, 1, 2, 3
    model.normalizer_spec.name = "identity"
    data: bytes = model.SerializeToString()
    return data


def needed(base: BaseModel, texts: Iterable[str]) -> npt.NDArray[np.int64]:
    """Ids of the pieces that stay, ascending.

    Args:
        base: the model with all its pieces.
        texts: training messages, in which every piece counts.
    """
    whole = SentencePieceProcessor(model_proto=sentencepiece_model(base.pieces, base.scores))
    kept = {number for number, piece in enumerate(base.pieces) if len(piece.strip(SPACE)) <= 1 or number < 4}
    normal = [unicodedata.normalize("NFKC", text) for text in [*words_of_dictionaries(), *texts]]
    for ids in whole.encode(normal):
        kept.update(ids)
    return np.array(sorted(kept), dtype=np.int64)


def write_tokens(path: Path, base: BaseModel, kept: npt.NDArray[np.int64]) -> None:
    """Write the cut tokenizer.

    Args:
        path: of the file.
        base: the model with all its pieces.
        kept: ids of those that stay; their order gives the new ids.
    """
    path.write_bytes(sentencepiece_model([base.pieces[number] for number in kept], base.scores[kept]))
