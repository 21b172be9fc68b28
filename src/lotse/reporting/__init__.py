"""What editors learn from use: figures that stand for nobody, a page of them, and proposals to review."""
