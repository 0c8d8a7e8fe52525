"""A relay (rendezvous server) of wormhole-sync, version 1."""
