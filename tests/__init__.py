"""The harness, held to what it promises."""
