"""wormhole-sync for programs that use Twisted, which is an extra of the package."""

try:
    import twisted as _twisted  # noqa: F401
except ImportError:
    raise ImportError(
        'wormhole.twisted needs Twisted; install it with: pip install "wormhole-sync[twisted]"'
    ) from None
