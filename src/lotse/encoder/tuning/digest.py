"""Whether the shipped encoder was made by the present scripts."""

from __future__ import annotations

import ast
from hashlib import sha256
from pathlib import Path

from lotse.encoder import encoder as runtime


def scripts_digest() -> str:
    """SHA-256 of the modules that make the encoder and that cut texts into tokens, without layout and comments."""
    folder = Path(__file__).parent
    together = sha256()
    for path in (*sorted(folder.glob("*.py")), Path(runtime.__file__)):
        together.update(f"{path.name} {ast.dump(ast.parse(path.read_text(encoding='utf-8')))}".encode())
    return together.hexdigest()
