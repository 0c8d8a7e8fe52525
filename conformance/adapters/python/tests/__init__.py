"""Tests of the package and its adapter."""

from __future__ import annotations

from pathlib import Path

SPEC = next(
    (
        folder / "spec"
        for folder in Path(__file__).resolve().parents
        if (folder / "spec" / "wormhole-sync.md").exists()
    ),
    None,
)
"""The specification; None where this folder stands alone."""
